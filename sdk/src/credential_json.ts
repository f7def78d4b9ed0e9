import { encodeBase64url } from './base64url.js';

export interface RegistrationJSON {
  id: string;
  rawId: string;
  type: string;
  authenticatorAttachment?: string;
  response: {
    clientDataJSON: string;
    attestationObject: string;
    transports: string[];
    authenticatorData?: string;
    publicKey?: string;
    publicKeyAlgorithm?: number;
  };
  clientExtensionResults: Record<string, unknown>;
}

export interface AuthenticationJSON {
  id: string;
  rawId: string;
  type: string;
  authenticatorAttachment?: string;
  response: {
    clientDataJSON: string;
    authenticatorData: string;
    signature: string;
    userHandle?: string;
  };
  clientExtensionResults: Record<string, unknown>;
}

/**
 * Credentials → WebAuthn L3 JSON, written by hand.
 *
 * Native toJSON() throws "Illegal invocation" on the objects that several password managers make,
 * and it carries PRF results, which are secrets of the page and never leave it.
 */
export function registrationToJSON(credential: PublicKeyCredential): RegistrationJSON {
  const response = credential.response as AuthenticatorAttestationResponse;
  const authenticatorData = attempt(() => response.getAuthenticatorData());
  const publicKey = attempt(() => response.getPublicKey());
  const publicKeyAlgorithm = attempt(() => response.getPublicKeyAlgorithm());
  return {
    ...envelope(credential),
    response: {
      clientDataJSON: encodeBase64url(response.clientDataJSON),
      attestationObject: encodeBase64url(response.attestationObject),
      transports: attempt(() => response.getTransports()) ?? [],
      ...(authenticatorData && { authenticatorData: encodeBase64url(authenticatorData) }),
      ...(publicKey && { publicKey: encodeBase64url(publicKey) }),
      ...(typeof publicKeyAlgorithm === 'number' && { publicKeyAlgorithm }),
    },
  };
}

export function authenticationToJSON(credential: PublicKeyCredential): AuthenticationJSON {
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...envelope(credential),
    response: {
      clientDataJSON: encodeBase64url(response.clientDataJSON),
      authenticatorData: encodeBase64url(response.authenticatorData),
      signature: encodeBase64url(response.signature),
      ...(response.userHandle?.byteLength && { userHandle: encodeBase64url(response.userHandle) }),
    },
  };
}

function envelope(credential: PublicKeyCredential) {
  const rawId = encodeBase64url(credential.rawId);
  const attachment = credential.authenticatorAttachment;
  return {
    id: rawId,
    rawId,
    type: 'public-key',
    ...(typeof attachment === 'string' && { authenticatorAttachment: attachment }),
    clientExtensionResults: extensionResults(credential),
  };
}

/** What a server may see: flags by name, nothing that an extension derived. */
function extensionResults(credential: PublicKeyCredential): Record<string, unknown> {
  const results = attempt(() => credential.getClientExtensionResults());
  const rk = results?.credProps?.rk;
  const prfEnabled = results?.prf?.enabled;
  return {
    ...(typeof rk === 'boolean' && { credProps: { rk } }),
    ...(typeof prfEnabled === 'boolean' && { prf: { enabled: prfEnabled } }),
  };
}

/** Members that older browsers and extensions lack or break. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
