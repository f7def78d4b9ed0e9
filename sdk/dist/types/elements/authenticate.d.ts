import { type AuthenticationResult } from '../authenticate.js';
import type { Client } from '../client.js';
import type { MasterKey2Error } from '../errors.js';
import type { MessageKey } from '../i18n/en.js';
import type { State } from '../machine.js';
import type { PrfOptions } from '../prf.js';
import type { Probe, WantedMode } from '../probe.js';
import { MasterKey2Element, type CeremonyArguments } from './base.js';
import type { ViewActions, ViewModel } from './view.js';
/**
 * `<masterkey2-authenticate api-base-url token>`: sign-in with a passkey of this device, or of a
 * phone that scans a code.
 *
 * `token`: a session token of the tenant. `success` carries `{ user, token, method }`: send
 * `detail.token` to your server, which asks verify-auth who has signed in. With `form-field`, the
 * form around the element gets it under that name and is submitted, unless the page prevents the
 * default of `success`.
 */
export declare class MasterKey2Authenticate extends MasterKey2Element<AuthenticationResult> {
    #private;
    static readonly formAssociated = true;
    static readonly observedAttributes: string[];
    /** Browsers that can offer passkeys in the page's field with autocomplete="username webauthn" do. */
    autofill: boolean;
    /** A press shows something only when there is a passkey on this device. */
    immediate: boolean;
    /** security-key, client-device and hybrid, in order of preference; parted by spaces. */
    hints: string;
    /** Name under which the form around the element gets the token. */
    formField: string;
    /** Least time between two questions about a code, ms. */
    qrPollInterval: number;
    /** Longest life of a code, ms; the server's may be shorter. */
    qrExpirationTime: number;
    protected readonly labelKey: MessageKey;
    protected readonly doneKey: MessageKey;
    /** auto (as the browser can), passkey, qr, or both. */
    get wanted(): WantedMode;
    /**
     * Asks the passkey for a secret: `success` carries it in `detail.prf`. Property only. There is no
     * code for a phone then, unless the secret is optional.
     */
    get prf(): PrfOptions | undefined;
    set prf(value: PrfOptions | undefined);
    /** The same as a press of the button; the events tell how it ended. */
    authenticate(): Promise<void>;
    /** Shows a new code for a phone. */
    refreshQr(): void;
    protected inspect(): Partial<Probe>;
    protected warm(client: Client): Promise<void>;
    protected forget(): void;
    protected perform(...[client, onPhase, signal]: CeremonyArguments): Promise<AuthenticationResult>;
    protected actions(): Partial<ViewActions>;
    protected arrange(model: ViewModel, state: State): void;
    protected conclude({ token }: AuthenticationResult): void;
    formResetCallback(): void;
    protected interrupt(): void;
    protected wait(): void;
    protected rest(): void;
    protected failPhone(error: MasterKey2Error): void;
}
/** `<masterkey2-passkey-button>`: the button alone. */
export declare class MasterKey2PasskeyButton extends MasterKey2Authenticate {
    get wanted(): WantedMode;
}
/** `<masterkey2-qr>`: the code for a phone alone. */
export declare class MasterKey2Qr extends MasterKey2Authenticate {
    get wanted(): WantedMode;
}
