import { moduleFor } from '../i18n/load.js';
import { en } from './en.js';

export type PhoneKey = keyof typeof en;
export type PhoneMessages = Readonly<Record<PhoneKey, string>>;

export interface Texts {
  /** Of the texts, a BCP 47 tag. */
  language: string;
  text(key: PhoneKey, values?: Readonly<Record<string, string>>): string;
}

/** The first of `languages` that there is a module for beside this script, else English. */
export async function loadTexts(languages: readonly string[]): Promise<Texts> {
  for (const language of languages) {
    if (/^en\b/i.test(language)) break;
    const tag = moduleFor(language);
    if (tag === undefined) continue;
    const address = new URL(`phone/${tag}.js`, import.meta.url).href;
    const messages = await import(address).then(
      (module: { default: PhoneMessages }) => module.default,
      () => undefined,
    );
    if (messages) return makeTexts(tag, messages);
  }
  return makeTexts('en', en);
}

function makeTexts(language: string, messages: Partial<PhoneMessages>): Texts {
  return {
    language,
    text: (key, values = {}) =>
      (messages[key] ?? en[key]).replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
  };
}
