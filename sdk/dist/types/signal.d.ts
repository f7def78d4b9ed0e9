/**
 * Tells the browser's passkey provider what the server has said in `signal` (WebAuthn L3 §5.1.10).
 *
 * The server alone decides when: without the member nothing happens. After a sign-in it names the
 * user and all passkeys of theirs; with credential_not_found, the passkey that is gone. Whatever
 * goes wrong here is nobody's business.
 */
export declare function sendSignals(rpId: string | undefined, signal: unknown): void;
