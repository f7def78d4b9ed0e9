import { type Phase, type Prepared } from './ceremony.js';
import type { Client, User } from './client.js';
import { type PrfOptions, type PrfOutput } from './prf.js';
import { type PromptOptions } from './prompt.js';
export interface RegistrationResult {
    user: User;
    /** The new passkey as the server lists it. */
    credential: Record<string, unknown>;
    /** Whether the new passkey has a secret, when `prf` asked for it. */
    prfEnabled?: boolean;
    /** The secret, from authenticators that give it at registration already. */
    prf?: PrfOutput;
}
export type PreparedRegistration = Prepared<PublicKeyCredentialCreationOptions>;
export interface RegistrationPrompt extends PromptOptions {
    name?: string | undefined;
    hints?: readonly string[] | undefined;
    prf?: PrfOptions | undefined;
}
export declare function prepareRegistration(client: Client, token: string, { name, mediation, signal }: RegistrationPrompt): Promise<PreparedRegistration>;
/** The dialogue and the finish call. Rejects with MasterKey2Error or CeremonyAborted. */
export declare function completeRegistration(client: Client, prepared: PreparedRegistration, onPhase: (phase: Phase) => void, options: RegistrationPrompt): Promise<RegistrationResult>;
