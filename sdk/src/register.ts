import { demandRpId, prepare, type Phase, type Prepared } from './ceremony.js';
import type { Client, User } from './client.js';
import { registrationToJSON } from './credential_json.js';
import { MasterKey2Error } from './errors.js';
import { hintsOf, toCreationOptions } from './options.js';
import { hasPrf, prfExtension, readPrf, type PrfOptions, type PrfOutput } from './prf.js';
import { prompt, type PromptOptions } from './prompt.js';

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

export async function prepareRegistration(
  client: Client,
  token: string,
  { name, mediation, signal }: RegistrationPrompt,
): Promise<PreparedRegistration> {
  const body = { ...named(name), ...(mediation && { mediation }) };
  const begun = await client.beginRegistration(token, body, signal);
  const prepared = prepare(token, begun, toCreationOptions);
  await demandRpId(prepared.publicKey.rp.id);
  return prepared;
}

/** The dialogue and the finish call. Rejects with MasterKey2Error or CeremonyAborted. */
export async function completeRegistration(
  client: Client,
  prepared: PreparedRegistration,
  onPhase: (phase: Phase) => void,
  options: RegistrationPrompt,
): Promise<RegistrationResult> {
  onPhase('prompting');
  const credential = await promptRegistration(prepared, options);
  onPhase('verifying');
  const { name, prf, signal } = options;
  const answer = await client.finishRegistration(
    prepared.token,
    { ceremony: prepared.ceremony, credential: registrationToJSON(credential), ...named(name) },
    signal,
  );
  const result = { user: answer.user, credential: answer.credential };
  if (!prf) return result;
  const secret = await readPrf(credential, prf);
  return { ...result, prfEnabled: hasPrf(credential), ...(secret && { prf: secret }) };
}

async function promptRegistration(
  { publicKey }: PreparedRegistration,
  options: RegistrationPrompt,
): Promise<PublicKeyCredential> {
  const { prf } = options;
  const plain = { ...publicKey, ...hintsOf(options.hints) };
  if (!prf) return prompt({ publicKey: plain }, 'create', options);
  const extensions = { ...publicKey.extensions, ...prfExtension(prf) };
  try {
    return await prompt({ publicKey: { ...plain, extensions } }, 'create', options);
  } catch (error) {
    // Windows Hello without support for it answers UnknownError in place of leaving it out.
    const confused = error instanceof MasterKey2Error && error.reason === 'UnknownError';
    if (!confused) throw error;
    return prompt({ publicKey: plain }, 'create', options);
  }
}

function named(name: string | undefined): { name?: string } {
  return name ? { name } : {};
}
