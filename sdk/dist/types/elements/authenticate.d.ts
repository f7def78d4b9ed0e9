import { type AuthenticationResult } from '../authenticate.js';
import type { Client } from '../client.js';
import type { MessageKey } from '../i18n/en.js';
import { MasterKey2Element, type CeremonyArguments } from './base.js';
/**
 * `<masterkey2-authenticate api-base-url token>`: the sign-in button.
 *
 * `token`: a session token of the tenant. `success` carries `{ user, token, method }`: send
 * `detail.token` to your server, which asks verify-auth who has signed in. With `autofill`, browsers
 * that can also offer passkeys in the page's field with autocomplete="username webauthn".
 */
export declare class MasterKey2Authenticate extends MasterKey2Element<AuthenticationResult> {
    #private;
    static readonly observedAttributes: string[];
    protected readonly labelKey: MessageKey;
    protected readonly doneKey: MessageKey;
    get autofill(): boolean;
    set autofill(value: boolean);
    /** The same as a press of the button; the events tell how it ended. */
    authenticate(): Promise<void>;
    protected ownProperties(): string[];
    protected inspect(): {
        missing?: string;
    };
    protected warm(client: Client): Promise<void>;
    protected forget(): void;
    protected perform(...[client, onPhase, signal]: CeremonyArguments): Promise<AuthenticationResult>;
    protected wait(): void;
    protected rest(): void;
}
