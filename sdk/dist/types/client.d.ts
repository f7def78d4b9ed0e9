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
export declare const DEFAULT_TIMEOUT_MS = 30000;
/** The Bearer half of the REST API. Rejects with MasterKey2Error, or CeremonyAborted. */
export declare class Client {
    #private;
    constructor(options: ClientOptions);
    beginAuthentication(token: string, signal?: AbortSignal): Promise<BegunCeremony>;
    beginRegistration(token: string, body: {
        name?: string;
    }, signal?: AbortSignal): Promise<BegunCeremony>;
    finishAuthentication(token: string, body: {
        ceremony: string;
        credential: AuthenticationJSON;
    }, signal?: AbortSignal): Promise<{
        user: User;
        auth_token: string;
        expires_in: number;
    }>;
    finishRegistration(token: string, body: {
        ceremony: string;
        credential: RegistrationJSON;
        name?: string;
    }, signal?: AbortSignal): Promise<{
        user: User;
        credential: Record<string, unknown>;
    }>;
}
/** fetch with a time limit over headers and body. `reason` is `network` or `request_timeout`. */
export declare function request(fetcher: Fetch, url: string, timeout: number, signal: AbortSignal | undefined, init: RequestInit): Promise<{
    response: Response;
    text: string;
}>;
/** undefined when `text` is not JSON. */
export declare function parse(text: string): unknown;
