import {
  completeAuthentication,
  finishAuthentication,
  prepareAuthentication,
  promptAuthentication,
  type AuthenticationPrompt,
  type AuthenticationResult,
  type PreparedAuthentication,
  type TenantFacts,
} from '../authenticate.js';
import { demandRpId, isFresh } from '../ceremony.js';
import type { Client } from '../client.js';
import type { MasterKey2Error } from '../errors.js';
import type { MessageKey } from '../i18n/en.js';
import type { State } from '../machine.js';
import type { PrfOptions } from '../prf.js';
import type { Probe, WantedMode } from '../probe.js';
import { MasterKey2Element, type CeremonyArguments } from './base.js';
import { PhoneSignIn, type PhoneHost } from './phone_sign_in.js';
import { Preparation } from './preparation.js';
import { reflect } from './reflect.js';
import type { ViewActions, ViewModel } from './view.js';

/** A server whose ceremonies hardly live is not asked more often than this. */
const SHORTEST_OFFER_MS = 10_000;

/**
 * `<masterkey2-authenticate api-base-url token>`: sign-in with a passkey of this device, or of a
 * phone that scans a code.
 *
 * `token`: a session token of the tenant. `success` carries `{ user, token, method }`: send
 * `detail.token` to your server, which asks verify-auth who has signed in. With `form-field`, the
 * form around the element gets it under that name and is submitted, unless the page prevents the
 * default of `success`.
 */
export class MasterKey2Authenticate extends MasterKey2Element<AuthenticationResult> {
  static readonly formAssociated = true;
  static readonly observedAttributes = [
    'api-base-url',
    'token',
    'mode',
    'autofill',
    'disabled',
    'lang',
    'timeout',
  ];

  static {
    reflect(this.prototype, {
      autofill: Boolean,
      immediate: Boolean,
      hints: String,
      formField: String,
      qrPollInterval: 2_000,
      qrExpirationTime: 300_000,
    });
  }

  /** Browsers that can offer passkeys in the page's field with autocomplete="username webauthn" do. */
  declare autofill: boolean;
  /** A press shows something only when there is a passkey on this device. */
  declare immediate: boolean;
  /** security-key, client-device and hybrid, in order of preference; parted by spaces. */
  declare hints: string;
  /** Name under which the form around the element gets the token. */
  declare formField: string;
  /** Least time between two questions about a code, ms. */
  declare qrPollInterval: number;
  /** Longest life of a code, ms; the server's may be shorter. */
  declare qrExpirationTime: number;

  protected readonly labelKey: MessageKey = 'sign_in';
  protected readonly doneKey: MessageKey = 'signed_in';
  readonly #preparation = new Preparation<PreparedAuthentication>(isFresh);
  readonly #phone = new PhoneSignIn(this as unknown as PhoneHost);
  #tenant: TenantFacts | undefined;
  #offer: AbortController | undefined;
  #prf: PrfOptions | undefined;
  #kit: typeof import('../qr/kit.js') | undefined;
  /** The visitor has chosen the phone. */
  #switched = false;
  /** … or has asked for a new code. */
  #asked = false;
  /** Tried, and not to be had here, whatever the tenant says. */
  #phoneless = false;

  /** auto (as the browser can), passkey, qr, or both. */
  get wanted(): WantedMode {
    const word = this.getAttribute('mode') ?? '';
    return /^(passkey|qr|both)$/.test(word) ? (word as WantedMode) : 'auto';
  }

  /**
   * Asks the passkey for a secret: `success` carries it in `detail.prf`. Property only. There is no
   * code for a phone then, unless the secret is optional.
   */
  get prf(): PrfOptions | undefined {
    return this.#prf;
  }
  set prf(value: PrfOptions | undefined) {
    this.#prf = value;
    this.changed();
  }

  /** The same as a press of the button; the events tell how it ended. */
  authenticate(): Promise<void> {
    return this.start();
  }

  /** Shows a new code for a phone. */
  refreshQr(): void {
    this.#switched = true;
    this.#asked = true;
    this.cancel();
    void this.#showCode();
  }

  protected inspect(): Partial<Probe> {
    return {
      wanted: this.wanted,
      ...this.#tenant,
      // A phone keeps its secrets.
      ...((this.#phoneless || (this.#prf && !this.#prf.optional)) && { crossDevice: false }),
      ...(!this.token && { missing: 'token' }),
    };
  }

  protected async warm(client: Client): Promise<void> {
    await this.#prepare(client);
  }

  protected forget(): void {
    this.#preparation.drop();
    this.#tenant = undefined;
    this.#phoneless = false;
  }

  protected async perform(
    ...[client, onPhase, signal]: CeremonyArguments
  ): Promise<AuthenticationResult> {
    const prepared = await this.#prepare(client);
    await demandRpId(prepared.tenant.rpId);
    signal.throwIfAborted();
    return completeAuthentication(
      client,
      prepared,
      (phase) => {
        // From here on the server may know the ceremony as used.
        if (phase === 'verifying') this.#preparation.drop();
        onPhase(phase);
      },
      {
        ...this.#promptOptions(signal),
        immediate: this.immediate && this.capabilities.immediateGet,
      },
    );
  }

  protected override actions(): Partial<ViewActions> {
    return {
      toggle: () => this.#toggle(),
      refresh: () => this.refreshQr(),
      submit: (code) => void this.#phone.confirm(code),
    };
  }

  protected override arrange(model: ViewModel, state: State): void {
    const { mode } = this;
    if (!mode || 'code' in mode || state.name === 'success') return;
    if (mode.mode === 'qr') {
      model.button = mode.passkey ? 'second' : 'none';
      model.label = this.say('use_device');
    } else if (mode.qr === 'switch') {
      const [label, expanded] = [this.#switched ? 'use_device' : 'use_phone', this.#switched] as const;
      model.alternative = { label: this.say(label), expanded };
    }
    if (this.#showsCode && !model.disabled) {
      this.#kit?.arrangeQr(model, state, this.#phone, (...words) => this.say(...words));
    }
  }

  protected override conclude({ token }: AuthenticationResult): void {
    if (!this.formField) return;
    const entries = new FormData();
    entries.set(this.formField, token);
    this.internals?.setFormValue(entries);
    this.internals?.form?.requestSubmit();
  }

  formResetCallback(): void {
    this.internals?.setFormValue(null);
    this.reset();
  }

  protected override interrupt(): void {
    this.#phone.stop();
  }

  protected override wait(): void {
    this.rest();
    if (this.barred) return;
    void this.#showCode();
    if (!this.autofill) return;
    const offer = new AbortController();
    this.#offer = offer;
    // Whatever goes wrong in the background, the button is there.
    this.#offerInFields(offer.signal).catch(() => undefined);
  }

  protected override rest(): void {
    this.#offer?.abort();
    this.#offer = undefined;
  }

  /** Waits for a passkey chosen in one of the page's fields, with options that stay fresh. */
  async #offerInFields(signal: AbortSignal): Promise<void> {
    if (!this.capabilities.conditionalGet) return;
    const prepared = await this.#prepare(this.client());
    await demandRpId(prepared.tenant.rpId);
    if (signal.aborted) return;
    const life = Math.max(prepared.freshUntil - Date.now(), SHORTEST_OFFER_MS);
    const timer = setTimeout(() => this.#renewOffer(signal), life);
    signal.addEventListener('abort', () => clearTimeout(timer));
    const options = this.#promptOptions(signal);
    const credential = await promptAuthentication(prepared, {
      ...options,
      mediation: 'conditional',
    });
    clearTimeout(timer);
    this.#preparation.drop();
    await this.start((client, onPhase, running) => {
      onPhase('prompting');
      onPhase('verifying');
      return finishAuthentication(client, prepared, credential, { ...options, signal: running });
    });
  }

  /** A page in the background asks for nothing; it does when it is looked at again. */
  #renewOffer(signal: AbortSignal): void {
    if (document.hidden) {
      const again = (): void => this.#renewOffer(signal);
      document.addEventListener('visibilitychange', again, { once: true, signal });
    } else {
      this.wait();
    }
  }

  #promptOptions(signal: AbortSignal): AuthenticationPrompt {
    const hints = this.hints.split(/\s+/);
    return { signal, hints, prf: this.#prf };
  }

  async #prepare(client: Client): Promise<PreparedAuthentication> {
    const prepared = await this.#preparation.get(() => prepareAuthentication(client, this.token));
    if (prepared.token === this.token && this.#tenant !== prepared.tenant) {
      this.#tenant = prepared.tenant;
      if (this.mode && !('code' in this.mode)) this.choose();
    }
    return prepared;
  }

  #toggle(): void {
    this.#switched = !this.#switched;
    if (this.#switched) this.refreshQr();
    else this.cancel();
    this.render();
  }

  get #showsCode(): boolean {
    const { mode } = this;
    if (mode?.mode !== 'button') return mode?.mode === 'qr';
    return mode.qr === 'shown' || (mode.qr === 'switch' && this.#switched);
  }

  /** Begins a sign-in on a phone, if the code is to be seen and nothing else runs. */
  async #showCode(): Promise<void> {
    const wanted = (): boolean => this.#showsCode && this.state === 'ready' && !this.barred;
    if (!wanted()) return;
    try {
      this.#kit ??= await import('../qr/kit.js');
    } catch {
      // A copy of the SDK without this part.
      this.#withoutPhone();
      return;
    }
    // The tenant says whether it has this way at all; when it cannot be asked, the code will tell.
    await this.#prepare(this.client()).catch(() => undefined);
    if (!wanted()) return;
    this.#phone.start(this.client(), this.token, this.#asked, this.#kit.encodeQr);
    this.#asked = false;
  }

  protected failPhone(error: MasterKey2Error): void {
    if (error.reason === 'cross_device_off') this.#withoutPhone();
    else this.fail(error, 'qr_end');
  }

  #withoutPhone(): void {
    this.#phoneless = true;
    this.dispatch({ type: 'abort' });
    this.choose();
  }
}

/** `<masterkey2-passkey-button>`: the button alone. */
export class MasterKey2PasskeyButton extends MasterKey2Authenticate {
  override get wanted(): WantedMode {
    return 'passkey';
  }
}

/** `<masterkey2-qr>`: the code for a phone alone. */
export class MasterKey2Qr extends MasterKey2Authenticate {
  override get wanted(): WantedMode {
    return 'qr_only';
  }
}
