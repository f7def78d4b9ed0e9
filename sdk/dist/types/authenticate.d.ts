import { type Phase, type Prepared } from './ceremony.js';
import type { Client, User } from './client.js';
import { type PrfOptions, type PrfOutput } from './prf.js';
import { type PromptOptions } from './prompt.js';
export interface AuthenticationResult {
    user: User;
    /** Send this to your server, which asks verify-auth about it: once, within two minutes. */
    token: string;
    /** `qr`: on another device, by a QR code. */
    method: 'passkey' | 'qr';
    /** The passkey's secret, when `prf` asked for it. */
    prf?: PrfOutput;
}
/** What the tenant has said of itself at begin. */
export interface TenantFacts {
    rpId: string | undefined;
    crossDevice: boolean;
}
export interface PreparedAuthentication extends Prepared<PublicKeyCredentialRequestOptions> {
    tenant: TenantFacts;
}
export interface AuthenticationPrompt extends PromptOptions {
    hints?: readonly string[] | undefined;
    prf?: PrfOptions | undefined;
}
export declare function prepareAuthentication(client: Client, token: string, signal?: AbortSignal): Promise<PreparedAuthentication>;
/** The dialogue and the finish call. Rejects with MasterKey2Error or CeremonyAborted. */
export declare function completeAuthentication(client: Client, prepared: PreparedAuthentication, onPhase: (phase: Phase) => void, options: AuthenticationPrompt): Promise<AuthenticationResult>;
export declare function promptAuthentication({ publicKey }: PreparedAuthentication, options: AuthenticationPrompt): Promise<PublicKeyCredential>;
export declare function finishAuthentication(client: Client, { token, ceremony, tenant }: PreparedAuthentication, credential: PublicKeyCredential, { prf, signal }: AuthenticationPrompt): Promise<AuthenticationResult>;
