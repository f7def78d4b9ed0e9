import { type MessageKey, type Messages } from './en.js';
/**
 * Adds texts of a language (a BCP 47 tag); missing keys stay English. Texts that are there already
 * give way, or with `keep` stay: what a site has set wins over what is loaded later.
 */
export declare function addMessages(language: string, messages: Partial<Messages>, existing?: 'replace' | 'keep'): void;
/** The text in `language`, else in its base language, else in English; `{name}` is filled in. */
export declare function message(key: MessageKey, language?: string, values?: Readonly<Record<string, string>>): string;
export declare function fill(text: string, values?: Readonly<Record<string, string>>): string;
