import type { BegunCeremony } from './client.js';
import { MasterKey2Error } from './errors.js';
import { rpIdFits, supportsRelatedOrigins } from './rp_id.js';

/** What begin answered, ready for the browser's dialogue. */
export interface Prepared<Options> {
  token: string;
  ceremony: string;
  publicKey: Options;
  /** performance.now() after which the server will not take it any more. */
  expiresAt: number;
}

export type Phase = 'preparing' | 'prompting' | 'verifying';

/** Not used when fewer than this many ms are left to sign. */
const MARGIN_MS = 30_000;

export function isFresh(prepared: Prepared<unknown> | undefined): boolean {
  return prepared !== undefined && performance.now() < prepared.expiresAt - MARGIN_MS;
}

export function prepare<Options>(
  token: string,
  begun: BegunCeremony,
  convert: (json: unknown) => Options,
): Prepared<Options> {
  try {
    const publicKey = convert(begun.publicKey);
    const expiresAt = performance.now() + begun.expires_in * 1000;
    return { token, ceremony: begun.ceremony, publicKey, expiresAt };
  } catch (cause) {
    throw new MasterKey2Error('configuration_error', { reason: 'bad_answer', cause });
  }
}

/** Throws configuration_error unless this page can use `rpId`, as far as that is known before. */
export async function demandRpId(rpId: string | undefined): Promise<void> {
  if (rpId === undefined || rpIdFits(rpId, location.hostname)) return;
  if (await supportsRelatedOrigins()) return;
  throw new MasterKey2Error('configuration_error', { reason: 'rp_id_mismatch' });
}
