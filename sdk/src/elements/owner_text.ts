import type { MessageKey } from '../i18n/en.js';
import { message } from '../i18n/messages.js';
import type { State } from '../machine.js';

const keys = new Map<string | undefined, MessageKey>([
  ['missing_attribute', 'owner.missing_attribute'],
  ['bad_url', 'owner.bad_url'],
  ['ip_address', 'owner.ip_address'],
  ['rp_id_mismatch', 'owner.rp_id_mismatch'],
  ['origin_not_allowed', 'owner.origin_not_allowed'],
  ['permissions_policy', 'owner.permissions_policy'],
  ['missing_token', 'owner.token'],
  ['invalid_token', 'owner.token'],
  ['wrong_token_type', 'owner.token'],
  ['bad_answer', 'owner.bad_answer'],
]);

/** What the site's owner can do about an amber panel; empty where it is not theirs to mend. */
export function ownerText(
  { code, reason, about }: Extract<State, { name: 'unavailable' }>,
  language: string,
): string {
  if (code !== 'configuration_error') return '';
  const detail = message(keys.get(reason) ?? 'owner.other', language, { name: about ?? '' });
  return message('panel_owner', language, { detail });
}
