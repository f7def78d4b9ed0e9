import { type AuthenticationResult } from './authenticate.js';
import { type Capabilities } from './capabilities.js';
import { type Fetch } from './client.js';
import { MasterKey2Error } from './errors.js';
import { type Listener, type MK2Event } from './events.js';
import { addMessages } from './i18n/messages.js';
import { chooseMode } from './mode.js';
import type { PrfOptions } from './prf.js';
import { type CrossDeviceState } from './qr/cross_device.js';
import { type RegistrationResult } from './register.js';
export interface MasterKey2Config {
    /** Address of the MasterKey2 server, such as https://auth.example.com. */
    apiBaseUrl: string;
    /** Session token for sign-in, or user token for registration, when a call names none. */
    token?: string;
    /** Writes each step to console.debug, without tokens. */
    debug?: boolean;
    /** Limit of one request in ms; 30000. */
    timeout?: number;
    /** ms between two questions about a QR sign-in; 2000. */
    qrPollInterval?: number;
    /** Life of a QR code in ms; 300000, or less when the server says so. */
    qrExpirationTime?: number;
    fetch?: Fetch;
}
export interface CallOptions<Result> {
    onSuccess?: (result: Result) => void;
    onError?: (error: MasterKey2Error) => void;
    /** Ends the ceremony quietly. */
    signal?: AbortSignal;
}
export interface AuthenticateOptions extends CallOptions<AuthenticationResult> {
    token?: string;
    /**
     * Opens no dialogue: offers passkeys in the page's field with autocomplete="username webauthn"
     * until one is chosen or another ceremony begins.
     */
    autofill?: boolean;
    /**
     * Shows something only when there is a passkey on this device, else credential_not_found at once;
     * to be called in a click. Browsers that cannot ask in the usual way.
     */
    immediate?: boolean;
    /** security-key, client-device and hybrid, in order of preference. */
    hints?: readonly string[];
    prf?: PrfOptions;
}
export interface RegisterOptions extends CallOptions<RegistrationResult> {
    token?: string;
    /** Asked for a user token when `token` is absent, just before it is used. */
    getToken?: () => string | Promise<string>;
    /** Name of the new passkey. */
    name?: string;
    /**
     * Makes a passkey without a dialogue, for a visitor who has just signed in with a password that
     * the browser keeps. Resolves with undefined where that is not to be had, and tells nobody.
     */
    upgrade?: boolean;
    hints?: readonly string[];
    prf?: PrfOptions;
}
export interface QrOptions extends CallOptions<AuthenticationResult> {
    token?: string;
    /** The address to show as a QR code, good until `until` (Date.now()). Show no link: links travel. */
    onUrl?: (url: string, until: number) => void;
    /** `confirm`: ask for the code that the phone shows; `attemptsLeft` after a wrong one. */
    onState?: (state: CrossDeviceState, attemptsLeft?: number) => void;
}
/** A sign-in on another device. */
export interface QrSession {
    /** Hands in the code that the phone shows; false when it was wrong. */
    confirm(code: string): Promise<boolean>;
    /** Ends it quietly. */
    cancel(): void;
    /** As the promise of `passkey.authenticate`. */
    result: Promise<AuthenticationResult | undefined>;
}
/**
 * The calls of passkey ceremonies. Callbacks, events and the promise all report.
 *
 * A failed call rejects only when nobody listens: with `onError` or a listener of the error event
 * the promise resolves with undefined. A ceremony that was aborted resolves with undefined, too.
 */
export interface Passkey {
    authenticate(options?: AuthenticateOptions): Promise<AuthenticationResult | undefined>;
    register(options?: RegisterOptions): Promise<RegistrationResult | undefined>;
    /** Ends the ceremony that runs in this document. */
    abort(): Promise<void>;
}
export declare class MasterKey2 {
    #private;
    static readonly addMessages: typeof addMessages;
    static readonly mode: typeof chooseMode;
    readonly config: Readonly<Required<Omit<MasterKey2Config, 'token' | 'fetch'>>>;
    readonly passkey: Passkey;
    readonly qr: {
        start(options?: QrOptions): QrSession;
    };
    constructor(config: MasterKey2Config);
    /** What this browser says it can do; `MasterKey2.mode` is what the elements make of it. */
    capabilities(): Promise<Capabilities>;
    /** Returns the function that takes the listener off again. */
    on<E extends MK2Event>(event: E, listener: Listener<E>): () => void;
    off<E extends MK2Event>(event: E, listener: Listener<E>): void;
    once<E extends MK2Event>(event: E, listener: Listener<E>): () => void;
}
