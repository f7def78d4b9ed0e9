import { isRecord } from './problem.js';

interface SignalApi {
  signalUnknownCredential?(options: { rpId: string; credentialId: string }): Promise<void>;
  signalAllAcceptedCredentials?(options: {
    rpId: string;
    userId: string;
    allAcceptedCredentialIds: string[];
  }): Promise<void>;
  signalCurrentUserDetails?(options: {
    rpId: string;
    userId: string;
    name: string;
    displayName: string;
  }): Promise<void>;
}

/**
 * Tells the browser's passkey provider what the server has said in `signal` (WebAuthn L3 §5.1.10).
 *
 * The server alone decides when: without the member nothing happens. After a sign-in it names the
 * user and all passkeys of theirs; with credential_not_found, the passkey that is gone. Whatever
 * goes wrong here is nobody's business.
 */
export function sendSignals(rpId: string | undefined, signal: unknown): void {
  if (rpId === undefined || !isRecord(signal)) return;
  const api = globalThis.PublicKeyCredential as unknown as SignalApi | undefined;
  const attempt = (call: () => Promise<void> | undefined): void => {
    try {
      call()?.catch(() => undefined);
    } catch {
      // An older draft of the interface.
    }
  };
  const {
    unknown_credential_id: credentialId,
    user_id: userId,
    accepted_credential_ids: ids,
    name,
    display_name: displayName,
  } = signal;
  if (isText(credentialId)) attempt(() => api?.signalUnknownCredential?.({ rpId, credentialId }));
  if (!isText(userId)) return;
  // An empty list would hide every passkey of the user, also the one that has just signed in.
  if (Array.isArray(ids) && ids.length > 0 && ids.every(isText)) {
    attempt(() =>
      api?.signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds: ids }),
    );
  }
  if (isText(name) && isText(displayName)) {
    attempt(() => api?.signalCurrentUserDetails?.({ rpId, userId, name, displayName }));
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
