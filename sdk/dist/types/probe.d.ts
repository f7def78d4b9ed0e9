import type { Capabilities } from './capabilities.js';
/** Which way of signing in the page has asked for. `qr_only` shows no button beside the code. */
export type WantedMode = 'auto' | 'passkey' | 'qr' | 'both' | 'qr_only';
/** What the mode rules look at: facts about page, browser and tenant, gathered in one place. */
export interface Probe extends Pick<Capabilities, 'hybridTransport' | 'relatedOrigins' | 'userVerifyingPlatformAuthenticator'> {
    /** window.isSecureContext */
    secure: boolean;
    hostname: string;
    /** location.protocol */
    protocol: string;
    /** The browser has PublicKeyCredential and navigator.credentials. */
    webauthn: boolean;
    /** A phone or a tablet. */
    mobile: boolean;
    firefox: boolean;
    apiBaseUrl: string | null;
    /** Name of a required attribute that is absent. */
    missing?: string | undefined;
    /** Name of an attribute whose address cannot be used. */
    badUrl?: string | undefined;
    wanted?: WantedMode | undefined;
    /** RP ID of the tenant; undefined until the server has told it. */
    rpId?: string | undefined;
    /** The tenant lets visitors sign in by a code; undefined until the server has told it. */
    crossDevice?: boolean | undefined;
}
type Given = Pick<Probe, 'apiBaseUrl'> & Partial<Probe>;
export declare function probePage(given: Given): Probe;
export {};
