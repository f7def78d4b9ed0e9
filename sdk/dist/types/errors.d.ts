import type { ErrorCode } from './error_codes.js';
export interface ErrorInfo {
    /** What exactly: a step of the verification, or the part of the configuration that is wrong. */
    reason?: string | undefined;
    /** One sentence for developers. Holds no token. */
    hint?: string | undefined;
    /** HTTP status, where a server answered. */
    status?: number | undefined;
    /** `request_id` of the server's answer. */
    requestId?: string | undefined;
    /** Seconds to wait before the next try. */
    retryAfter?: number | undefined;
    /** What the server lets the Signal API tell about this failure. */
    signal?: unknown;
    cause?: unknown;
}
/** Every failure that leaves the SDK. `message` is a sentence for the visitor. */
export declare class MasterKey2Error extends Error {
    readonly name = "MasterKey2Error";
    readonly code: ErrorCode;
    readonly reason: string | undefined;
    readonly hint: string | undefined;
    readonly status: number | undefined;
    readonly requestId: string | undefined;
    readonly retryAfter: number | undefined;
    readonly signal: unknown;
    constructor(code: ErrorCode, info?: ErrorInfo);
    /** Whether the visitor can try again on this page. */
    get recoverable(): boolean;
}
/** configuration_error: the people who run the site have to mend it. */
export declare function misconfigured(reason: string, cause?: unknown): MasterKey2Error;
/** A ceremony that we ended ourselves: nobody is told. */
export declare class CeremonyAborted extends Error {
    readonly name = "AbortError";
}
/** Whether the page as it stands can never succeed: the amber panel takes the place of the button. */
export declare function isUnavailable(code: ErrorCode): boolean;
