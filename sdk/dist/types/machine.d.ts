import type { ErrorCode } from './error_codes.js';
/** What an element is doing. `note` is what the last try came to. */
export type State = {
    name: 'idle';
} | {
    name: 'unavailable';
    code: ErrorCode;
    reason?: string | undefined;
    about?: string | undefined;
} | {
    name: 'ready';
    note?: ErrorCode;
} | {
    name: 'preparing';
} | {
    name: 'prompting';
} | {
    name: 'verifying';
} | {
    name: 'tap_again';
} | {
    name: 'success';
}
/** A QR code is being fetched; there to be scanned. */
 | {
    name: 'qr_starting' | 'qr_pending';
    note?: ErrorCode;
} | {
    name: 'qr_scanned';
}
/** The phone shows a code that has to be typed here. `attemptsLeft` after a wrong one. */
 | {
    name: 'qr_confirm';
    attemptsLeft?: number | undefined;
    note?: ErrorCode;
}
/** Over, until the visitor asks for a new code. */
 | {
    name: 'qr_expired' | 'qr_denied' | 'qr_failed';
    note: ErrorCode;
};
export type Action = {
    type: 'usable';
} | {
    type: 'unusable';
    code: ErrorCode;
    reason?: string | undefined;
    about?: string | undefined;
} | {
    type: 'start';
} | {
    type: 'prompt';
} | {
    type: 'verify';
} | {
    type: 'succeed';
} | {
    type: 'activation_lost';
} | {
    type: 'fail';
    code: ErrorCode;
    reason?: string | undefined;
} | {
    type: 'abort';
} | {
    type: 'reset';
} | {
    type: 'qr_start';
} | {
    type: 'qr_show';
} | {
    type: 'qr_scan';
} | {
    type: 'qr_ask';
    attemptsLeft?: number | undefined;
    note?: ErrorCode | undefined;
} | {
    type: 'qr_end';
    code: ErrorCode;
    reason?: string | undefined;
};
export declare const IDLE: State;
/** The browser or the server has the word; the visitor waits. */
export declare function isBusy({ name }: State): boolean;
/** A QR code lives: it is being fetched, shown, or waited for on the phone. */
export declare function isCodeOpen({ name }: State): boolean;
/** Nothing has begun that the page's own fields could get in the way of. */
export declare function isWaiting({ name }: State): boolean;
/** Pure. An action that does not belong to a state leaves it as it is, the same object. */
export declare function reduce(state: State, action: Action): State;
