import { en, type MessageKey, type Messages } from './en.js';

const catalogue = new Map<string, Partial<Messages>>([['en', en]]);

/**
 * Adds texts of a language (a BCP 47 tag); missing keys stay English. Texts that are there already
 * give way, or with `keep` stay: what a site has set wins over what is loaded later.
 */
export function addMessages(
  language: string,
  messages: Partial<Messages>,
  existing: 'replace' | 'keep' = 'replace',
): void {
  const tag = language.toLowerCase();
  const before = catalogue.get(tag);
  catalogue.set(tag, existing === 'keep' ? { ...messages, ...before } : { ...before, ...messages });
}

/** The text in `language`, else in its base language, else in English; `{name}` is filled in. */
export function message(
  key: MessageKey,
  language = 'en',
  values?: Readonly<Record<string, string>>,
): string {
  const tag = language.toLowerCase();
  const base = tag.split('-', 1)[0] ?? tag;
  return fill(catalogue.get(tag)?.[key] ?? catalogue.get(base)?.[key] ?? en[key], values);
}

export function fill(text: string, values: Readonly<Record<string, string>> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
