import { authenticationToJSON, type AuthenticationJSON } from '../credential_json.js';
import { toRequestOptions } from '../options.js';

/** Why the browser did not sign. */
export type Obstacle = 'not_supported' | 'no_related_origins' | 'not_listed' | 'cancelled' | 'failed';

export class Unsigned extends Error {
  constructor(readonly obstacle: Obstacle) {
    super(obstacle);
  }
}

/**
 * What this browser is known to lack for signing with `rpId` here; undefined where nothing is. One
 * that does not say what it can is tried.
 */
export async function knownObstacle(rpId: string, host: string): Promise<Obstacle | undefined> {
  if (typeof PublicKeyCredential !== 'function' || !isSecureContext) return 'not_supported';
  if (host === rpId || host.endsWith(`.${rpId}`)) return undefined;
  const credentials = PublicKeyCredential as {
    getClientCapabilities?: () => Promise<Record<string, boolean>>;
  };
  try {
    const can = await credentials.getClientCapabilities?.();
    return can?.['relatedOrigins'] === false ? 'no_related_origins' : undefined;
  } catch {
    return undefined;
  }
}

/** Lets the browser ask for a passkey. Rejects with Unsigned. */
export async function sign(publicKey: unknown): Promise<AuthenticationJSON> {
  try {
    const credential = await navigator.credentials.get({ publicKey: toRequestOptions(publicKey) });
    // Some versions of iOS resolve with null when the visitor cancels.
    if (credential === null) throw new Unsigned('cancelled');
    return authenticationToJSON(credential as PublicKeyCredential);
  } catch (error) {
    throw error instanceof Unsigned ? error : new Unsigned(obstacleOf(error));
  }
}

function obstacleOf(error: unknown): Obstacle {
  switch ((error as { name?: unknown } | null)?.name) {
    case 'NotAllowedError':
    case 'AbortError':
      return 'cancelled';
    // The list at the RP ID's well-known place lacks this origin, cannot be read, or is unknown to
    // the browser.
    case 'SecurityError':
      return 'not_listed';
    case 'NotSupportedError':
      return 'not_supported';
    default:
      return 'failed';
  }
}
