import { MasterKey2Error } from './errors.js';
/**
 * Shows the browser's passkey dialogue: navigator.credentials.create or get.
 *
 * One ceremony a document: a newer call ends the older one first, which then rejects with
 * CeremonyAborted. Every other rejection is a MasterKey2Error.
 */
export declare function prompt(request: {
    publicKey: PublicKeyCredentialCreationOptions;
} | {
    publicKey: PublicKeyCredentialRequestOptions;
}, kind: 'create' | 'get', signal?: AbortSignal): Promise<PublicKeyCredential>;
/** Ends the ceremony that runs in this document, if any. */
export declare function abortRunning(): Promise<void>;
/**
 * What the browser threw → our code. Cancelling, having no passkey and failing verification are
 * one error by design of the specification, so that sites cannot tell them apart.
 */
export declare function classify(error: unknown, kind: 'create' | 'get', late: boolean): MasterKey2Error;
