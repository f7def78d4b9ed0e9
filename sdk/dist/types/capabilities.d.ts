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
/** Asked anew each time: a Bluetooth adapter comes and goes. */
export declare function readCapabilities(): Promise<Capabilities>;
