import type { ErrorCode } from '../error_codes.js';
import { MasterKey2Error } from '../errors.js';

/** Notes that are no failures of anything. */
export const QUIET: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'user_cancelled',
  'already_registered',
  'qr_expired',
]);

export function isCancel(thrown: unknown): boolean {
  return thrown instanceof MasterKey2Error && thrown.code === 'user_cancelled';
}

/** What the browser threw that nothing of ours has classified. */
export function asError(thrown: unknown): MasterKey2Error {
  return thrown instanceof MasterKey2Error
    ? thrown
    : new MasterKey2Error('authenticator_error', { cause: thrown });
}
