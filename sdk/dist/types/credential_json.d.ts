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
export declare function registrationToJSON(credential: PublicKeyCredential): RegistrationJSON;
export declare function authenticationToJSON(credential: PublicKeyCredential): AuthenticationJSON;
