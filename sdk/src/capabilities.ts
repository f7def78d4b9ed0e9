/** What the browser says it can do; undefined where it does not say. Names of WebAuthn L3 §5.1.7. */
export interface Capabilities {
  conditionalCreate?: boolean | undefined;
  conditionalGet?: boolean | undefined;
  /** Its own dialogue can use a phone nearby. */
  hybridTransport?: boolean | undefined;
  /** A sign-in that shows something only when there is a passkey on this device. */
  immediateGet?: boolean | undefined;
  relatedOrigins?: boolean | undefined;
  userVerifyingPlatformAuthenticator?: boolean | undefined;
}

type Api = Partial<{
  getClientCapabilities(): Promise<Record<string, boolean>>;
  isConditionalMediationAvailable(): Promise<boolean>;
  isUserVerifyingPlatformAuthenticatorAvailable(): Promise<boolean>;
}>;

/** Asked anew each time: a Bluetooth adapter comes and goes. */
export async function readCapabilities(): Promise<Capabilities> {
  const api = globalThis.PublicKeyCredential as unknown as Api | undefined;
  const ask = async <T>(question: (() => Promise<T>) | undefined): Promise<T | undefined> => {
    try {
      return await question?.call(api);
    } catch {
      return undefined;
    }
  };
  const said = { ...(await ask(api?.getClientCapabilities)) };
  return {
    conditionalCreate: said['conditionalCreate'],
    conditionalGet: said['conditionalGet'] ?? (await ask(api?.isConditionalMediationAvailable)),
    hybridTransport: said['hybridTransport'],
    immediateGet: said['immediateGet'],
    relatedOrigins: said['relatedOrigins'],
    userVerifyingPlatformAuthenticator:
      said['userVerifyingPlatformAuthenticator'] ??
      (await ask(api?.isUserVerifyingPlatformAuthenticatorAvailable)),
  };
}
