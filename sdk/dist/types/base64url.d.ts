/** Base64url without padding (RFC 4648 §5). */
export declare function encodeBase64url(bytes: ArrayBuffer | ArrayBufferView): string;
/** Throws TypeError unless `text` is unpadded base64url. */
export declare function decodeBase64url(text: unknown): Uint8Array<ArrayBuffer>;
