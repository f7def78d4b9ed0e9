import { prepare, type Phase, type Prepared } from './ceremony.js';
import type { Client, User } from './client.js';
import { authenticationToJSON } from './credential_json.js';
import { MasterKey2Error } from './errors.js';
import { hintsOf, toRequestOptions } from './options.js';
import { demandPrf, prfExtension, type PrfOptions, type PrfOutput } from './prf.js';
import { prompt, type PromptOptions } from './prompt.js';
import { sendSignals } from './signal.js';

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

export async function prepareAuthentication(
  client: Client,
  token: string,
  signal?: AbortSignal,
): Promise<PreparedAuthentication> {
  const begun = await client.beginAuthentication(token, signal);
  const prepared = prepare(token, begun, toRequestOptions);
  const { rpId } = prepared.publicKey;
  return { ...prepared, tenant: { rpId, crossDevice: begun.client?.cross_device === true } };
}

/** The dialogue and the finish call. Rejects with MasterKey2Error or CeremonyAborted. */
export async function completeAuthentication(
  client: Client,
  prepared: PreparedAuthentication,
  onPhase: (phase: Phase) => void,
  options: AuthenticationPrompt,
): Promise<AuthenticationResult> {
  onPhase('prompting');
  const credential = await promptAuthentication(prepared, options);
  onPhase('verifying');
  return finishAuthentication(client, prepared, credential, options);
}

export function promptAuthentication(
  { publicKey }: PreparedAuthentication,
  options: AuthenticationPrompt,
): Promise<PublicKeyCredential> {
  const { prf } = options;
  const extensions = prf && { ...publicKey.extensions, ...prfExtension(prf) };
  const request = { ...publicKey, ...hintsOf(options.hints), ...(extensions && { extensions }) };
  return prompt({ publicKey: request }, 'get', options);
}

export async function finishAuthentication(
  client: Client,
  { token, ceremony, tenant }: PreparedAuthentication,
  credential: PublicKeyCredential,
  { prf, signal }: AuthenticationPrompt,
): Promise<AuthenticationResult> {
  const secret = prf && (await demandPrf(credential, prf));
  try {
    const body = { ceremony, credential: authenticationToJSON(credential) };
    const answer = await client.finishAuthentication(token, body, signal);
    sendSignals(tenant.rpId, answer.signal);
    const { user, auth_token } = answer;
    return { user, token: auth_token, method: 'passkey', ...(secret && { prf: secret }) };
  } catch (error) {
    if (error instanceof MasterKey2Error) sendSignals(tenant.rpId, error.signal);
    throw error;
  }
}
