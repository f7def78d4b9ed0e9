import { type Phase, type Prepared } from './ceremony.js';
import type { Client, User } from './client.js';
export interface RegistrationResult {
    user: User;
    /** The new passkey as the server lists it. */
    credential: Record<string, unknown>;
}
export type PreparedRegistration = Prepared<PublicKeyCredentialCreationOptions>;
export declare function prepareRegistration(client: Client, token: string, name: string | undefined, signal?: AbortSignal): Promise<PreparedRegistration>;
/** The dialogue and the finish call. Rejects with MasterKey2Error or CeremonyAborted. */
export declare function completeRegistration(client: Client, prepared: PreparedRegistration, name: string | undefined, onPhase: (phase: Phase) => void, signal?: AbortSignal): Promise<RegistrationResult>;
