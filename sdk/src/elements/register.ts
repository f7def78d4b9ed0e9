import { isFresh } from '../ceremony.js';
import type { Client } from '../client.js';
import type { MessageKey } from '../i18n/en.js';
import {
  completeRegistration,
  prepareRegistration,
  type PreparedRegistration,
  type RegistrationResult,
} from '../register.js';
import { fetchUserToken } from '../user_token.js';
import { MasterKey2Element, type CeremonyArguments } from './base.js';
import { Preparation } from './preparation.js';

/**
 * `<masterkey2-register api-base-url assertion-url name>`: the button that adds a passkey.
 *
 * `assertion-url`: same-origin endpoint of the site that answers `{ userToken }`; asked at the
 * press, never before. `token`, a user token, may stand in for it. `success` carries
 * `{ user, credential }`.
 */
export class MasterKey2Register extends MasterKey2Element<RegistrationResult> {
  static readonly observedAttributes = [
    'api-base-url',
    'assertion-url',
    'token',
    'name',
    'disabled',
    'lang',
    'timeout',
  ];

  protected readonly labelKey: MessageKey = 'register';
  protected readonly doneKey: MessageKey = 'registered';
  readonly #preparation = new Preparation<PreparedRegistration>(isFresh);

  get assertionUrl(): string {
    return this.getAttribute('assertion-url') ?? '';
  }
  set assertionUrl(value: string) {
    this.setAttribute('assertion-url', value);
  }

  get name(): string {
    return this.getAttribute('name') ?? '';
  }
  set name(value: string) {
    this.setAttribute('name', value);
  }

  /** The same as a press of the button; the events tell how it ended. */
  register(): Promise<void> {
    return this.start();
  }

  protected ownProperties(): string[] {
    return ['assertionUrl', 'name'];
  }

  protected inspect(): { missing?: string; badUrl?: string } {
    if (!this.assertionUrl) return this.token ? {} : { missing: 'assertion-url' };
    return isSameOrigin(this.assertionUrl) ? {} : { badUrl: 'assertion-url' };
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
    return completeRegistration(
      client,
      prepared,
      this.name || undefined,
      (phase) => {
        if (phase === 'verifying') this.#preparation.drop();
        onPhase(phase);
      },
      signal,
    );
  }

  #prepare(client: Client): Promise<PreparedRegistration> {
    return this.#preparation.get(async () => {
      const token = this.assertionUrl
        ? await fetchUserToken(new URL(this.assertionUrl, document.baseURI).href, {
            timeout: this.timeout,
            fetch: (input, init) => fetch(input, init),
          })
        : this.token;
      return prepareRegistration(client, token, this.name || undefined);
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
