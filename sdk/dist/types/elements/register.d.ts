import type { Client } from '../client.js';
import type { MessageKey } from '../i18n/en.js';
import { type RegistrationResult } from '../register.js';
import { MasterKey2Element, type CeremonyArguments } from './base.js';
/**
 * `<masterkey2-register api-base-url assertion-url name>`: the button that adds a passkey.
 *
 * `assertion-url`: same-origin endpoint of the site that answers `{ userToken }`; asked at the
 * press, never before. `token`, a user token, may stand in for it. `success` carries
 * `{ user, credential }`.
 */
export declare class MasterKey2Register extends MasterKey2Element<RegistrationResult> {
    #private;
    static readonly observedAttributes: string[];
    protected readonly labelKey: MessageKey;
    protected readonly doneKey: MessageKey;
    get assertionUrl(): string;
    set assertionUrl(value: string);
    get name(): string;
    set name(value: string);
    /** The same as a press of the button; the events tell how it ended. */
    register(): Promise<void>;
    protected ownProperties(): string[];
    protected inspect(): {
        missing?: string;
        badUrl?: string;
    };
    protected warm(client: Client): Promise<void>;
    protected forget(): void;
    /** Somebody else may be signed in at the next press: the site is asked again. */
    protected settled(): void;
    protected perform(...[client, onPhase, signal]: CeremonyArguments): Promise<RegistrationResult>;
}
