/** Languages that lie beside the script as modules of their own, `i18n/<tag>.js`. */
export declare const LANGUAGES: readonly ['ar', 'de', 'es', 'fr', 'it', 'ja', 'nl', 'pl', 'pt-BR', 'sv', 'zh-CN'];
/** The module that serves `language`, a BCP 47 tag; undefined where English has to do. */
export declare function moduleFor(language: string): (typeof LANGUAGES)[number] | undefined;
/**
 * Fetches the texts of `language` once, from beside this script. Resolves with whether something
 * new is there; a copy of the SDK without its languages speaks English.
 */
export declare function loadLanguage(language: string): Promise<boolean>;
