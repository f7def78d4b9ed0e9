import { type MessageKey, type Messages } from './en.js';
/** Adds or overrides texts of a language (a BCP 47 tag); missing keys stay English. */
export declare function addMessages(language: string, messages: Partial<Messages>): void;
/** The text in `language`, else in its base language, else in English; `{name}` is filled in. */
export declare function message(key: MessageKey, language?: string, values?: Readonly<Record<string, string>>): string;
