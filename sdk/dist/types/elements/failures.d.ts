import type { ErrorCode } from '../error_codes.js';
import { MasterKey2Error } from '../errors.js';
/** Notes that are no failures of anything. */
export declare const QUIET: ReadonlySet<ErrorCode>;
export declare function isCancel(thrown: unknown): boolean;
/** What the browser threw that nothing of ours has classified. */
export declare function asError(thrown: unknown): MasterKey2Error;
