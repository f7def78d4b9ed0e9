import type { AuthenticationResult } from './authenticate.js';
import type { ErrorCode } from './error_codes.js';
import type { MasterKey2Error } from './errors.js';
import type { RegistrationResult } from './register.js';
export declare const MK2Events: {
    readonly AUTH_STARTED: 'mk2:auth-started';
    readonly AUTH_SUCCESS: 'mk2:auth-success';
    readonly AUTH_ERROR: 'mk2:auth-error';
    readonly REGISTER_STARTED: 'mk2:register-started';
    readonly REGISTER_SUCCESS: 'mk2:register-success';
    readonly REGISTER_ERROR: 'mk2:register-error';
    readonly QR_GENERATED: 'mk2:qr-generated';
    readonly QR_SCANNED: 'mk2:qr-scanned';
    readonly QR_CONFIRM: 'mk2:qr-confirm';
    readonly QR_EXPIRED: 'mk2:qr-expired';
    readonly QR_DENIED: 'mk2:qr-denied';
    readonly STATE_CHANGED: 'mk2:state-changed';
};
export interface ErrorDetail {
    error: MasterKey2Error;
    code: ErrorCode;
    reason: string | undefined;
    recoverable: boolean;
}
export interface MK2EventMap {
    'mk2:auth-started': undefined;
    'mk2:auth-success': AuthenticationResult;
    'mk2:auth-error': ErrorDetail;
    'mk2:register-started': undefined;
    'mk2:register-success': RegistrationResult;
    'mk2:register-error': ErrorDetail;
    /** `url` belongs into a QR code and nowhere else; `until` is Date.now() at its end. */
    'mk2:qr-generated': {
        url: string;
        until: number;
    };
    'mk2:qr-scanned': undefined;
    /** The phone shows a code to type here; `attemptsLeft` after a wrong one. */
    'mk2:qr-confirm': {
        attemptsLeft: number | undefined;
    };
    'mk2:qr-expired': undefined;
    'mk2:qr-denied': undefined;
    'mk2:state-changed': {
        state: string;
        previous: string;
    };
}
export type MK2Event = keyof MK2EventMap;
export type Listener<E extends MK2Event> = (detail: MK2EventMap[E]) => void;
export declare function errorDetail(error: MasterKey2Error): ErrorDetail;
/** Listeners by event, called in the order they came. One that throws stops no other. */
export declare class Emitter {
    #private;
    /** Returns the function that takes the listener off again. */
    on<E extends MK2Event>(event: E, listener: Listener<E>): () => void;
    off<E extends MK2Event>(event: E, listener: Listener<E>): void;
    once<E extends MK2Event>(event: E, listener: Listener<E>): () => void;
    has(event: MK2Event): boolean;
    emit<E extends MK2Event>(event: E, detail: MK2EventMap[E]): void;
}
/** Runs the site's code; what it throws goes where uncaught errors go, not into the ceremony. */
export declare function callSafely(call: () => void): void;
