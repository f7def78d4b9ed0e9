/** Whether a page on `hostname` may use `rpId`: the host itself or a parent domain of it. */
export function rpIdFits(rpId: string, hostname: string): boolean {
  return hostname === rpId || hostname.endsWith(`.${rpId}`);
}

/** Whether this browser asks /.well-known/webauthn when the RP ID is another domain's. */
export async function supportsRelatedOrigins(): Promise<boolean> {
  const api = globalThis.PublicKeyCredential as
    | { getClientCapabilities?: () => Promise<Record<string, boolean>> }
    | undefined;
  try {
    return (await api?.getClientCapabilities?.())?.['relatedOrigins'] === true;
  } catch {
    return false;
  }
}
