import { MasterKey2Error } from './errors.js';

/** Asks the passkey for a secret of its own (WebAuthn L3 §10.1.4): the same for the same salt. */
export interface PrfOptions {
  /** Names the secret; text is taken as UTF-8. Not secret itself. */
  salt: string | BufferSource;
  /** Also hands out the bytes of the secret. */
  raw?: boolean;
  /** Sign in all the same when the passkey has no such secret; otherwise prf_unavailable. */
  optional?: boolean;
}

/** The secret stays in the page: it is in nothing that is sent to a server. */
export interface PrfOutput {
  /** A key that cannot be read out, by HKDF-SHA-256 with `info`; AES-GCM of 256 bits unless named. */
  deriveKey(
    info: string | BufferSource,
    algorithm?: AesKeyGenParams | HmacKeyGenParams,
    usages?: KeyUsage[],
  ): Promise<CryptoKey>;
  /** The 32 bytes of the secret, when `raw` was asked for. */
  bytes?: Uint8Array<ArrayBuffer>;
}

export function prfExtension({ salt }: PrfOptions): { prf: { eval: { first: BufferSource } } } {
  return { prf: { eval: { first: bytesOf(salt) } } };
}

/** undefined when the passkey gave no secret. */
export async function readPrf(
  credential: PublicKeyCredential,
  { raw }: PrfOptions,
): Promise<PrfOutput | undefined> {
  const first = resultsOf(credential)?.results?.first;
  if (!first) return undefined;
  const secret = Uint8Array.from(
    ArrayBuffer.isView(first)
      ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength)
      : new Uint8Array(first),
  );
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const deriveKey: PrfOutput['deriveKey'] = (
    info,
    algorithm = { name: 'AES-GCM', length: 256 } as AesKeyGenParams,
    usages = ['encrypt', 'decrypt'],
  ) => {
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytesOf(info) };
    return crypto.subtle.deriveKey(hkdf, base, algorithm, false, usages);
  };
  if (raw) return { deriveKey, bytes: secret };
  secret.fill(0);
  return { deriveKey };
}

/** Throws prf_unavailable when a secret that the page cannot do without is missing. */
export async function demandPrf(
  credential: PublicKeyCredential,
  options: PrfOptions,
): Promise<PrfOutput | undefined> {
  const output = await readPrf(credential, options);
  if (!output && !options.optional) throw new MasterKey2Error('prf_unavailable');
  return output;
}

/** Whether a new passkey can do it at all; some say so at once and give the secret at sign-in only. */
export function hasPrf(credential: PublicKeyCredential): boolean {
  const results = resultsOf(credential);
  return results?.enabled === true || results?.results?.first !== undefined;
}

function resultsOf(
  credential: PublicKeyCredential,
): AuthenticationExtensionsPRFOutputs | undefined {
  try {
    return credential.getClientExtensionResults().prf;
  } catch {
    return undefined;
  }
}

function bytesOf(value: string | BufferSource): BufferSource {
  return typeof value === 'string' ? new TextEncoder().encode(value) : value;
}
