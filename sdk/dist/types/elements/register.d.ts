import type { Client } from '../client.js';
import type { MessageKey } from '../i18n/en.js';
import { type RegistrationResult } from '../register.js';
import type { PrfOptions } from '../prf.js';
import type { Probe } from '../probe.js';
import { MasterKey2Element, type CeremonyArguments } from './base.js';
/**
 * `<masterkey2-register api-base-url assertion-url name>`: the button that adds a passkey.
 *
 * `assertion-url`: same-origin endpoint of the site that answers `{ userToken }`; asked at the
 * press, never before. `token`, a user token, may stand in for it. `success` carries
 * `{ user, credential }`. With `upgrade`, browsers that can make a passkey without asking do so as
 * soon as the page is there, for a visitor who has just signed in with a password that they keep.
 */
export declare class MasterKey2Register extends MasterKey2Element<RegistrationResult> {
    #private;
    static readonly observedAttributes: string[];
    /** Endpoint of the site, on its own origin, that answers a user token. */
    assertionUrl: string;
    /** GET, or POST. */
    assertionMethod: string;
    /** Name of the new passkey. */
    name: string;
    /** Makes a passkey without asking, where the browser can. */
    upgrade: boolean;
    protected readonly labelKey: MessageKey;
    protected readonly doneKey: MessageKey;
    /** Asks the new passkey for a secret: `success` carries `detail.prfEnabled`. Property only. */
    get prf(): PrfOptions | undefined;
    set prf(value: PrfOptions | undefined);
    /** The same as a press of the button; the events tell how it ended. */
    register(): Promise<void>;
    protected inspect(): Partial<Probe>;
    protected warm(client: Client): Promise<void>;
    protected forget(): void;
    /** Somebody else may be signed in at the next press: the site is asked again. */
    protected settled(): void;
    protected perform(...[client, onPhase, signal]: CeremonyArguments): Promise<RegistrationResult>;
    protected wait(): void;
    protected rest(): void;
}
