import type { AuthenticationJSON, RegistrationJSON } from './credential_json.js';
export type Fetch = (input: string, init: RequestInit) => Promise<Response>;
export interface ClientOptions {
    /** Absolute http(s) address of the server, with or without a trailing slash. */
    apiBaseUrl: string;
    /** Limit of one request in ms. */
    timeout?: number | undefined;
    fetch?: Fetch | undefined;
}
export interface User {
    id: string;
    external_id: string;
    display_name?: string;
}
export interface BegunCeremony {
    ceremony: string;
    publicKey: unknown;
    expires_in: number;
    client?: {
        rp_id: string;
        name: string;
        cross_device: boolean;
    };
}
export interface FinishedAuthentication {
    user: User;
    auth_token: string;
    expires_in: number;
    /** When the Signal API may be used, and what for. */
    signal?: unknown;
}
export interface BegunCrossDevice {
    /** For the QR code. */
    url: string;
    poll_token: string;
    expires_in: number;
    poll_ms: number;
}
declare const STATES: readonly ['pending', 'scanned', 'confirm', 'completed', 'denied', 'expired'];
export interface CrossDeviceStatus {
    state: (typeof STATES)[number];
    expires_in?: number;
    attempts_left?: number;
    user?: User;
    auth_token?: string;
}
export declare const DEFAULT_TIMEOUT_MS = 30000;
/** The Bearer half of the REST API. Rejects with MasterKey2Error, or CeremonyAborted. */
export declare class Client {
    #private;
    constructor(options: ClientOptions);
    beginAuthentication(token: string, signal?: AbortSignal): Promise<BegunCeremony>;
    beginRegistration(token: string, body: {
        name?: string;
        mediation?: 'conditional';
    }, signal?: AbortSignal): Promise<BegunCeremony>;
    finishAuthentication(token: string, body: {
        ceremony: string;
        credential: AuthenticationJSON;
    }, signal?: AbortSignal): Promise<FinishedAuthentication>;
    finishRegistration(token: string, body: {
        ceremony: string;
        credential: RegistrationJSON;
        name?: string;
    }, signal?: AbortSignal): Promise<{
        user: User;
        credential: Record<string, unknown>;
    }>;
    /** Rejects with not_supported and `cross_device_off` where the tenant or the server has none. */
    beginCrossDevice(token: string, signal?: AbortSignal): Promise<BegunCrossDevice>;
    crossDeviceStatus(pollToken: string, signal?: AbortSignal): Promise<CrossDeviceStatus>;
    confirmCrossDevice(pollToken: string, code: string, signal?: AbortSignal): Promise<CrossDeviceStatus>;
}
/** fetch with a time limit over headers and body. `reason` is `network` or `request_timeout`. */
export declare function request(fetcher: Fetch, url: string, timeout: number, signal: AbortSignal | undefined, init: RequestInit): Promise<{
    response: Response;
    text: string;
}>;
/** undefined when `text` is not JSON. */
export declare function parse(text: string): unknown;
export {};
