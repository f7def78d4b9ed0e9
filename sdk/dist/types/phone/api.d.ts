import type { AuthenticationJSON } from '../credential_json.js';
/** What asks: the site, and the computer that shows the code. */
export interface Shown {
    name: string;
    rp_id: string;
    browser: string;
    system: string;
    /** Seconds since the code was made. */
    age: number;
}
/** A refusal in the server's words; `unreachable` where there was no answer of it. */
export declare class Refusal extends Error {
    readonly code: string;
    constructor(code: string);
}
/** The phone's half of the cross-device calls. Rejects with Refusal. */
export declare class PhoneApi {
    private readonly root;
    /** `root`: of the calls, with a slash at the end, on this page's origin. */
    constructor(root: URL);
    show(id: string): Promise<Shown>;
    claim(id: string): Promise<{
        token: string;
        publicKey: unknown;
        expiresIn: number;
    }>;
    finish(token: string, credential: AuthenticationJSON): Promise<{
        code: string;
        rpId: string;
        expiresIn: number;
    }>;
    deny(id: string): Promise<void>;
    private post;
}
