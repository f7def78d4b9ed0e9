import { demandRpId, prepare, type Phase, type Prepared } from './ceremony.js';
import type { Client, User } from './client.js';
import { authenticationToJSON } from './credential_json.js';
import { toRequestOptions } from './options.js';
import { prompt, type PromptOptions } from './prompt.js';

export interface AuthenticationResult {
  user: User;
  /** Send this to your server, which asks verify-auth about it: once, within two minutes. */
  token: string;
  method: 'passkey';
}

export type PreparedAuthentication = Prepared<PublicKeyCredentialRequestOptions>;

export async function prepareAuthentication(
  client: Client,
  token: string,
  signal?: AbortSignal,
): Promise<PreparedAuthentication> {
  const begun = await client.beginAuthentication(token, signal);
  const prepared = prepare(token, begun, toRequestOptions);
  await demandRpId(prepared.publicKey.rpId);
  return prepared;
}

/** The dialogue and the finish call. Rejects with MasterKey2Error or CeremonyAborted. */
export async function completeAuthentication(
  client: Client,
  prepared: PreparedAuthentication,
  onPhase: (phase: Phase) => void,
  options: PromptOptions,
): Promise<AuthenticationResult> {
  onPhase('prompting');
  const credential = await prompt({ publicKey: prepared.publicKey }, 'get', options);
  onPhase('verifying');
  return finishAuthentication(client, prepared, credential, options.signal);
}

export async function finishAuthentication(
  client: Client,
  prepared: PreparedAuthentication,
  credential: PublicKeyCredential,
  signal?: AbortSignal,
): Promise<AuthenticationResult> {
  const answer = await client.finishAuthentication(
    prepared.token,
    { ceremony: prepared.ceremony, credential: authenticationToJSON(credential) },
    signal,
  );
  return { user: answer.user, token: answer.auth_token, method: 'passkey' };
}
