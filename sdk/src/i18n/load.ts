import { addMessages } from './messages.js';

/** Languages that lie beside the script as modules of their own, `i18n/<tag>.js`. */
export const LANGUAGES = [
  'ar',
  'de',
  'es',
  'fr',
  'it',
  'ja',
  'nl',
  'pl',
  'pt-BR',
  'sv',
  'zh-CN',
] as const;

const loading = new Map<string, Promise<boolean>>();

/** The module that serves `language`, a BCP 47 tag; undefined where English has to do. */
export function moduleFor(language: string): (typeof LANGUAGES)[number] | undefined {
  const [base, ...rest] = language.toLowerCase().split(/[-_]/);
  // Traditional characters are another script, not another accent.
  if (base === 'zh' && rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part))) {
    return undefined;
  }
  return LANGUAGES.find((tag) => tag.toLowerCase().split('-')[0] === base);
}

/**
 * Fetches the texts of `language` once, from beside this script. Resolves with whether something
 * new is there; a copy of the SDK without its languages speaks English.
 */
export function loadLanguage(language: string): Promise<boolean> {
  const tag = moduleFor(language);
  if (tag === undefined) return Promise.resolve(false);
  const known = loading.get(tag);
  if (known) return known;
  const address = new URL(`i18n/${tag}.js`, import.meta.url).href;
  const load = import(address).then(
    (module: { default: Parameters<typeof addMessages>[1] }) => {
      addMessages(tag.split('-', 1)[0] ?? tag, module.default, 'keep');
      return true;
    },
    () => false,
  );
  loading.set(tag, load);
  return load;
}
