import type { AuthenticationResult } from '../authenticate.js';
import type { Client, CrossDeviceStatus } from '../client.js';
/** How far a sign-in on another device has come. `confirm`: the phone's code has to be typed here. */
export type CrossDeviceState = CrossDeviceStatus['state'];
export interface CrossDeviceOptions {
    signal?: AbortSignal | undefined;
    /** Least time between two questions in ms; the server may ask for more. */
    pollInterval: number;
    /** Longest life of a code in ms; the server's may be shorter. */
    lifetime: number;
    /** The address for the QR code is there, good until `until` (Date.now()). Throwing ends it. */
    onUrl(url: string, until: number): void;
    onState(state: CrossDeviceState, attemptsLeft?: number): void;
}
export interface CrossDevice {
    /** Date.now() at its end, as far as that is known. */
    readonly until: number;
    /** Resolves once; rejects with MasterKey2Error, or CeremonyAborted after cancel(). */
    result: Promise<AuthenticationResult>;
    /**
     * Hands in the six digits that the phone shows, and tells whether they were right. `result`
     * rejects with qr_code_mismatch after the third wrong code.
     */
    confirm(code: string): Promise<boolean>;
    cancel(): void;
}
/** The digits of a code, however they were typed: with spaces, in full width, in Arabic script. */
export declare function codeDigits(typed: string): string;
export declare function isCode(digits: string): boolean;
/** Begins a sign-in on another device and follows it to its end. */
export declare function startCrossDevice(client: Client, token: string, options: CrossDeviceOptions): CrossDevice;
