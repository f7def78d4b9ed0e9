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
    deriveKey(info: string | BufferSource, algorithm?: AesKeyGenParams | HmacKeyGenParams, usages?: KeyUsage[]): Promise<CryptoKey>;
    /** The 32 bytes of the secret, when `raw` was asked for. */
    bytes?: Uint8Array<ArrayBuffer>;
}
export declare function prfExtension({ salt }: PrfOptions): {
    prf: {
        eval: {
            first: BufferSource;
        };
    };
};
/** undefined when the passkey gave no secret. */
export declare function readPrf(credential: PublicKeyCredential, { raw }: PrfOptions): Promise<PrfOutput | undefined>;
/** Throws prf_unavailable when a secret that the page cannot do without is missing. */
export declare function demandPrf(credential: PublicKeyCredential, options: PrfOptions): Promise<PrfOutput | undefined>;
/** Whether a new passkey can do it at all; some say so at once and give the secret at sign-in only. */
export declare function hasPrf(credential: PublicKeyCredential): boolean;
