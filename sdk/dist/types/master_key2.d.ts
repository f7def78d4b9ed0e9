import { type AuthenticationResult } from './authenticate.js';
import { type Fetch } from './client.js';
import { MasterKey2Error } from './errors.js';
import { type Listener, type MK2Event } from './events.js';
import { addMessages } from './i18n/messages.js';
import { chooseMode } from './mode.js';
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
}
export interface RegisterOptions extends CallOptions<RegistrationResult> {
    token?: string;
    /** Asked for a user token when `token` is absent, just before it is used. */
    getToken?: () => string | Promise<string>;
    /** Name of the new passkey. */
    name?: string;
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
    constructor(config: MasterKey2Config);
    /** Returns the function that takes the listener off again. */
    on<E extends MK2Event>(event: E, listener: Listener<E>): () => void;
    off<E extends MK2Event>(event: E, listener: Listener<E>): void;
    once<E extends MK2Event>(event: E, listener: Listener<E>): () => void;
}
