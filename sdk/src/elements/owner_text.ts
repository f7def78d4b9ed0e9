import { en, type MessageKey } from '../i18n/en.js';
import { message } from '../i18n/messages.js';
import type { State } from '../machine.js';

/** Reasons that share a sentence. */
const shared: Readonly<Record<string, string>> = {
  missing_token: 'token',
  invalid_token: 'token',
  wrong_token_type: 'token',
};

/** What the site's owner can do about an amber panel; empty where it is not theirs to mend. */
export function ownerText(
  { code, reason, about }: Extract<State, { name: 'unavailable' }>,
  language: string,
): string {
  if (code !== 'configuration_error') return '';
  const key = `owner.${shared[reason ?? ''] ?? reason}`;
  const known = key in en ? (key as MessageKey) : 'owner.other';
  const detail = message(known, language, { name: about ?? '' });
  return message('panel_owner', language, { detail });
}
