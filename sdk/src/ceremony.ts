import { readCapabilities } from './capabilities.js';
import type { BegunCeremony } from './client.js';
import { misconfigured } from './errors.js';
import { rpIdFits } from './rp_id.js';

/** What begin answered, ready for the browser's dialogue. */
export interface Prepared<Options> {
  token: string;
  ceremony: string;
  publicKey: Options;
  /** Date.now() until which it may be offered: that clock goes on while the device sleeps. */
  freshUntil: number;
}

export type Phase = 'preparing' | 'prompting' | 'verifying';

/** Time that the visitor has to sign, in s; half of the ceremony's life when that is short. */
const SIGNING_S = 30;

export function isFresh(prepared: Prepared<unknown>): boolean {
  return Date.now() < prepared.freshUntil;
}

export function prepare<Options>(
  token: string,
  begun: BegunCeremony,
  convert: (json: unknown) => Options,
): Prepared<Options> {
  try {
    const publicKey = convert(begun.publicKey);
    const life = Math.max(begun.expires_in - SIGNING_S, begun.expires_in / 2);
    return { token, ceremony: begun.ceremony, publicKey, freshUntil: Date.now() + life * 1000 };
  } catch (cause) {
    throw misconfigured('bad_answer', cause);
  }
}

/** Throws configuration_error unless this page can use `rpId`, as far as that is known before. */
export async function demandRpId(rpId: string | undefined): Promise<void> {
  if (rpId === undefined || rpIdFits(rpId, location.hostname)) return;
  if ((await readCapabilities()).relatedOrigins) return;
  throw misconfigured('rp_id_mismatch');
}
