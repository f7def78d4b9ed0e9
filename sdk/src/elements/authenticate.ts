import {
  completeAuthentication,
  finishAuthentication,
  prepareAuthentication,
  type AuthenticationResult,
  type PreparedAuthentication,
} from '../authenticate.js';
import { isFresh } from '../ceremony.js';
import type { Client } from '../client.js';
import type { MessageKey } from '../i18n/en.js';
import { prompt, supportsConditional } from '../prompt.js';
import { MasterKey2Element, type CeremonyArguments } from './base.js';
import { Preparation } from './preparation.js';

/** A server whose ceremonies hardly live is not asked more often than this. */
const SHORTEST_OFFER_MS = 10_000;

/**
 * `<masterkey2-authenticate api-base-url token>`: the sign-in button.
 *
 * `token`: a session token of the tenant. `success` carries `{ user, token, method }`: send
 * `detail.token` to your server, which asks verify-auth who has signed in. With `autofill`, browsers
 * that can also offer passkeys in the page's field with autocomplete="username webauthn".
 */
export class MasterKey2Authenticate extends MasterKey2Element<AuthenticationResult> {
  static readonly observedAttributes = [
    'api-base-url',
    'token',
    'autofill',
    'disabled',
    'lang',
    'timeout',
  ];

  protected readonly labelKey: MessageKey = 'sign_in';
  protected readonly doneKey: MessageKey = 'signed_in';
  readonly #preparation = new Preparation<PreparedAuthentication>(isFresh);
  #offer: AbortController | undefined;

  get autofill(): boolean {
    return this.hasAttribute('autofill');
  }
  set autofill(value: boolean) {
    this.toggleAttribute('autofill', value);
  }

  /** The same as a press of the button; the events tell how it ended. */
  authenticate(): Promise<void> {
    return this.start();
  }

  protected ownProperties(): string[] {
    return ['autofill'];
  }

  protected inspect(): { missing?: string } {
    return this.token ? {} : { missing: 'token' };
  }

  protected async warm(client: Client): Promise<void> {
    await this.#prepare(client);
  }

  protected forget(): void {
    this.#preparation.drop();
  }

  protected async perform(
    ...[client, onPhase, signal]: CeremonyArguments
  ): Promise<AuthenticationResult> {
    const prepared = await this.#prepare(client);
    signal.throwIfAborted();
    return completeAuthentication(
      client,
      prepared,
      (phase) => {
        // From here on the server may know the ceremony as used.
        if (phase === 'verifying') this.#preparation.drop();
        onPhase(phase);
      },
      { signal },
    );
  }

  protected override wait(): void {
    this.rest();
    if (!this.autofill || this.disabled) return;
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
    if (!(await supportsConditional()) || signal.aborted) return;
    const prepared = await this.#prepare(this.client());
    if (signal.aborted) return;
    const life = Math.max(prepared.freshUntil - Date.now(), SHORTEST_OFFER_MS);
    const timer = setTimeout(() => this.#renewOffer(signal), life);
    signal.addEventListener('abort', () => clearTimeout(timer));
    const { publicKey } = prepared;
    const credential = await prompt({ publicKey }, 'get', { signal, mediation: 'conditional' });
    clearTimeout(timer);
    this.#preparation.drop();
    await this.start((client, onPhase, running) => {
      onPhase('prompting');
      onPhase('verifying');
      return finishAuthentication(client, prepared, credential, running);
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

  #prepare(client: Client): Promise<PreparedAuthentication> {
    return this.#preparation.get(() => prepareAuthentication(client, this.token));
  }
}
