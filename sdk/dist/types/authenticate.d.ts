import { type Phase, type Prepared } from './ceremony.js';
import type { Client, User } from './client.js';
import { type PromptOptions } from './prompt.js';
export interface AuthenticationResult {
    user: User;
    /** Send this to your server, which asks verify-auth about it: once, within two minutes. */
    token: string;
    method: 'passkey';
}
export type PreparedAuthentication = Prepared<PublicKeyCredentialRequestOptions>;
export declare function prepareAuthentication(client: Client, token: string, signal?: AbortSignal): Promise<PreparedAuthentication>;
/** The dialogue and the finish call. Rejects with MasterKey2Error or CeremonyAborted. */
export declare function completeAuthentication(client: Client, prepared: PreparedAuthentication, onPhase: (phase: Phase) => void, options: PromptOptions): Promise<AuthenticationResult>;
export declare function finishAuthentication(client: Client, prepared: PreparedAuthentication, credential: PublicKeyCredential, signal?: AbortSignal): Promise<AuthenticationResult>;
