import { MasterKey2Error } from './errors.js';
export interface PromptOptions {
    signal?: AbortSignal | undefined;
    /**
     * `conditional`: no dialogue. The browser offers passkeys in the page's own fields and waits for
     * as long as it takes, or makes a passkey without asking where it may.
     */
    mediation?: 'conditional' | undefined;
    /** Shows something only when there is a passkey on this device. */
    immediate?: boolean | undefined;
}
/** A refusal that comes sooner than this was not the visitor's, ms. */
export declare const INSTANT_MS = 1000;
type PromptRequest = {
    publicKey: PublicKeyCredentialCreationOptions;
} | {
    publicKey: PublicKeyCredentialRequestOptions;
};
/**
 * Shows the browser's passkey dialogue: navigator.credentials.create or get.
 *
 * One ceremony a document: a newer call ends the older one first, which then rejects with
 * CeremonyAborted; a conditional one steps back instead. Other rejections are MasterKey2Errors.
 */
export declare function prompt(request: PromptRequest, kind: 'create' | 'get', { signal, mediation, immediate }?: PromptOptions): Promise<PublicKeyCredential>;
/** Ends the ceremony that runs in this document, if any. */
export declare function abortRunning(): Promise<void>;
/**
 * What the browser threw → our code. Cancelling, having no passkey and failing verification are
 * one error by design of the specification, so that sites cannot tell them apart.
 */
export declare function classify(error: unknown, kind: 'create' | 'get', late: boolean): MasterKey2Error;
export {};
