import { MasterKey2Error } from './errors.js';
/**
 * Turns an answer that is no success into an error.
 *
 * `body`: the parsed JSON, undefined when the body is not JSON. An answer that is not in the
 * server's own form comes from something else at that address.
 */
export declare function errorFromAnswer(status: number, body: unknown, retryAfter: string | null): MasterKey2Error;
export declare function isRecord(value: unknown): value is Record<string, unknown>;
