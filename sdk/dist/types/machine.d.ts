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
};
export declare const IDLE: State;
export declare function isBusy(state: State): boolean;
/** Pure. An action that does not belong to a state leaves it as it is, the same object. */
export declare function reduce(state: State, action: Action): State;
