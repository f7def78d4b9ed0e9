import { decodeBase64url } from './base64url.js';
import { isRecord } from './problem.js';

/**
 * Options as the server writes them (WebAuthn L3 §5.1.8 and §5.1.9) → native dictionaries.
 *
 * Our own, not parse…OptionsFromJSON: browsers without those have passkeys, too. Unknown members
 * pass through untouched. Throws TypeError on a shape that is not the specification's.
 */
export function toCreationOptions(json: unknown): PublicKeyCredentialCreationOptions {
  if (!isRecord(json) || !isRecord(json['user']) || !isRecord(json['rp'])) {
    throw new TypeError('not PublicKeyCredentialCreationOptionsJSON');
  }
  return {
    ...json,
    challenge: decodeBase64url(json['challenge']),
    user: { ...json['user'], id: decodeBase64url(json['user']['id']) },
    excludeCredentials: toDescriptors(json['excludeCredentials']),
  } as unknown as PublicKeyCredentialCreationOptions;
}

export function toRequestOptions(json: unknown): PublicKeyCredentialRequestOptions {
  if (!isRecord(json)) throw new TypeError('not PublicKeyCredentialRequestOptionsJSON');
  return {
    ...json,
    challenge: decodeBase64url(json['challenge']),
    allowCredentials: toDescriptors(json['allowCredentials']),
  } as unknown as PublicKeyCredentialRequestOptions;
}

function toDescriptors(list: unknown): PublicKeyCredentialDescriptor[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw new TypeError('not a list of credential descriptors');
  return list.map((entry: unknown) => {
    if (!isRecord(entry)) throw new TypeError('not a credential descriptor');
    return { ...entry, id: decodeBase64url(entry['id']) } as unknown as PublicKeyCredentialDescriptor;
  });
}

/** Hints of the page (WebAuthn L3 §5.8.7) in the place of the tenant's; unknown words are left out. */
export function hintsOf(hints: readonly string[] | undefined): { hints?: string[] } {
  const known = hints?.filter((hint) => /^(security-key|client-device|hybrid)$/.test(hint));
  return known?.length ? { hints: known } : {};
}
