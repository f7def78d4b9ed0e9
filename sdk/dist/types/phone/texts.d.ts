import { en } from './en.js';
export type PhoneKey = keyof typeof en;
export type PhoneMessages = Readonly<Record<PhoneKey, string>>;
export interface Texts {
    /** Of the texts, a BCP 47 tag. */
    language: string;
    text(key: PhoneKey, values?: Readonly<Record<string, string>>): string;
}
/** The first of `languages` that there is a module for beside this script, else English. */
export declare function loadTexts(languages: readonly string[]): Promise<Texts>;
