import { isFresh, type Phase } from '../ceremony.js';
import type { Client } from '../client.js';
import type { MessageKey } from '../i18n/en.js';
import {
  completeRegistration,
  prepareRegistration,
  type PreparedRegistration,
  type RegistrationResult,
} from '../register.js';
import type { PrfOptions } from '../prf.js';
import type { Probe } from '../probe.js';
import { fetchUserToken } from '../user_token.js';
import { MasterKey2Element, type CeremonyArguments } from './base.js';
import { Preparation } from './preparation.js';
import { reflect } from './reflect.js';

/**
 * `<masterkey2-register api-base-url assertion-url name>`: the button that adds a passkey.
 *
 * `assertion-url`: same-origin endpoint of the site that answers `{ userToken }`; asked at the
 * press, never before. `token`, a user token, may stand in for it. `success` carries
 * `{ user, credential }`. With `upgrade`, browsers that can make a passkey without asking do so as
 * soon as the page is there, for a visitor who has just signed in with a password that they keep.
 */
export class MasterKey2Register extends MasterKey2Element<RegistrationResult> {
  static readonly observedAttributes = [
    'api-base-url',
    'assertion-url',
    'assertion-method',
    'token',
    'name',
    'upgrade',
    'disabled',
    'lang',
    'timeout',
  ];

  static {
    reflect(this.prototype, {
      assertionUrl: String,
      assertionMethod: String,
      name: String,
      upgrade: Boolean,
    });
  }

  /** Endpoint of the site, on its own origin, that answers a user token. */
  declare assertionUrl: string;
  /** GET, or POST. */
  declare assertionMethod: string;
  /** Name of the new passkey. */
  declare name: string;
  /** Makes a passkey without asking, where the browser can. */
  declare upgrade: boolean;

  protected readonly labelKey: MessageKey = 'register';
  protected readonly doneKey: MessageKey = 'registered';
  readonly #preparation = new Preparation<PreparedRegistration>(isFresh);
  #prf: PrfOptions | undefined;
  #upgrade: AbortController | undefined;

  /** Asks the new passkey for a secret: `success` carries `detail.prfEnabled`. Property only. */
  get prf(): PrfOptions | undefined {
    return this.#prf;
  }
  set prf(value: PrfOptions | undefined) {
    this.#prf = value;
  }

  /** The same as a press of the button; the events tell how it ended. */
  register(): Promise<void> {
    return this.start();
  }

  protected inspect(): Partial<Probe> {
    const { assertionUrl, token } = this;
    return {
      wanted: 'passkey',
      ...(!assertionUrl && !token && { missing: 'assertion-url' }),
      ...(assertionUrl && !isSameOrigin(assertionUrl) && { badUrl: 'assertion-url' }),
    };
  }

  protected async warm(client: Client): Promise<void> {
    if (!this.assertionUrl) await this.#prepare(client);
  }

  protected forget(): void {
    this.#preparation.drop();
  }

  /** Somebody else may be signed in at the next press: the site is asked again. */
  protected override settled(): void {
    if (this.assertionUrl) this.#preparation.drop();
  }

  protected async perform(
    ...[client, onPhase, signal]: CeremonyArguments
  ): Promise<RegistrationResult> {
    const prepared = await this.#prepare(client);
    signal.throwIfAborted();
    const { name, prf } = this;
    const reach = (phase: Phase): void => {
      if (phase === 'verifying') this.#preparation.drop();
      onPhase(phase);
    };
    return completeRegistration(client, prepared, reach, { name, prf, signal });
  }

  protected override wait(): void {
    if (!this.upgrade || this.barred || this.#upgrade || !this.capabilities.conditionalCreate) return;
    this.#upgrade = new AbortController();
    // Nobody has asked for it: nobody hears that it could not be.
    this.#makeSilently(this.#upgrade.signal).catch(() => undefined);
  }

  protected override rest(): void {
    this.#upgrade?.abort();
  }

  async #makeSilently(signal: AbortSignal): Promise<void> {
    const { name, prf } = this;
    const options = { name, prf, signal, mediation: 'conditional' } as const;
    const client = this.client();
    const prepared = await prepareRegistration(client, await this.#userToken(signal), options);
    const result = await completeRegistration(client, prepared, () => undefined, options);
    await this.start(async (_, onPhase) => {
      onPhase('prompting');
      onPhase('verifying');
      return result;
    });
  }

  #prepare(client: Client): Promise<PreparedRegistration> {
    return this.#preparation.get(async () =>
      prepareRegistration(client, await this.#userToken(), { name: this.name }),
    );
  }

  async #userToken(signal?: AbortSignal): Promise<string> {
    if (!this.assertionUrl) return this.token;
    return fetchUserToken(new URL(this.assertionUrl, document.baseURI).href, {
      timeout: this.timeout,
      fetch: (input, init) => fetch(input, init),
      method: /^post$/i.test(this.assertionMethod) ? 'POST' : 'GET',
      signal,
    });
  }
}

function isSameOrigin(text: string): boolean {
  try {
    return new URL(text, document.baseURI).origin === location.origin;
  } catch {
    return false;
  }
}
