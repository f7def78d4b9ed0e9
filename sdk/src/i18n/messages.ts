import { en, type MessageKey, type Messages } from './en.js';

const catalogue = new Map<string, Partial<Messages>>([['en', en]]);

/** Adds or overrides texts of a language (a BCP 47 tag); missing keys stay English. */
export function addMessages(language: string, messages: Partial<Messages>): void {
  const tag = language.toLowerCase();
  catalogue.set(tag, { ...catalogue.get(tag), ...messages });
}

/** The text in `language`, else in its base language, else in English; `{name}` is filled in. */
export function message(
  key: MessageKey,
  language = 'en',
  values: Readonly<Record<string, string>> = {},
): string {
  const tag = language.toLowerCase();
  const text =
    catalogue.get(tag)?.[key] ?? catalogue.get(tag.split('-', 1)[0] ?? tag)?.[key] ?? en[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
