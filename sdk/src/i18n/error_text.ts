import type { ErrorCode } from '../error_codes.js';
import { en, type MessageKey } from './en.js';
import { message } from './messages.js';

/** Codes that share a sentence with others. */
const shared: Partial<Record<ErrorCode, MessageKey>> = {
  token_expired: 'error.stale',
  token_revoked: 'error.stale',
  ceremony_expired: 'error.expired',
  ceremony_used: 'error.expired',
  token_used: 'error.expired',
  rate_limited: 'error.busy',
  overloaded: 'error.busy',
  storage_unavailable: 'error.busy',
};

/** The sentence for the visitor. */
export function errorText(code: ErrorCode, language?: string): string {
  const own = `error.${code}`;
  return message(own in en ? (own as MessageKey) : (shared[code] ?? 'error.other'), language);
}
