import { demandRpId, prepare, type Phase, type Prepared } from './ceremony.js';
import type { Client, User } from './client.js';
import { registrationToJSON } from './credential_json.js';
import { toCreationOptions } from './options.js';
import { prompt } from './prompt.js';

export interface RegistrationResult {
  user: User;
  /** The new passkey as the server lists it. */
  credential: Record<string, unknown>;
}

export type PreparedRegistration = Prepared<PublicKeyCredentialCreationOptions>;

export async function prepareRegistration(
  client: Client,
  token: string,
  name: string | undefined,
  signal?: AbortSignal,
): Promise<PreparedRegistration> {
  const begun = await client.beginRegistration(token, named(name), signal);
  const prepared = prepare(token, begun, toCreationOptions);
  await demandRpId(prepared.publicKey.rp.id);
  return prepared;
}

/** The dialogue and the finish call. Rejects with MasterKey2Error or CeremonyAborted. */
export async function completeRegistration(
  client: Client,
  prepared: PreparedRegistration,
  name: string | undefined,
  onPhase: (phase: Phase) => void,
  signal?: AbortSignal,
): Promise<RegistrationResult> {
  onPhase('prompting');
  const credential = await prompt({ publicKey: prepared.publicKey }, 'create', { signal });
  onPhase('verifying');
  const answer = await client.finishRegistration(
    prepared.token,
    { ceremony: prepared.ceremony, credential: registrationToJSON(credential), ...named(name) },
    signal,
  );
  return { user: answer.user, credential: answer.credential };
}

function named(name: string | undefined): { name?: string } {
  return name ? { name } : {};
}
