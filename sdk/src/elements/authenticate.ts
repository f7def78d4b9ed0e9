import {
  completeAuthentication,
  prepareAuthentication,
  type AuthenticationResult,
  type PreparedAuthentication,
} from '../authenticate.js';
import { isFresh, type Phase } from '../ceremony.js';
import type { Client } from '../client.js';
import type { MessageKey } from '../i18n/en.js';
import { MasterKey2Element } from './base.js';
import { Preparation } from './preparation.js';

/**
 * `<masterkey2-authenticate api-base-url token>`: the sign-in button.
 *
 * `token`: a session token of the tenant. `success` carries `{ user, token, method }`: send
 * `detail.token` to your server, which asks verify-auth who has signed in.
 */
export class MasterKey2Authenticate extends MasterKey2Element<AuthenticationResult> {
  static readonly observedAttributes = ['api-base-url', 'token', 'disabled', 'lang', 'timeout'];

  protected readonly labelKey: MessageKey = 'sign_in';
  protected readonly doneKey: MessageKey = 'signed_in';
  readonly #preparation = new Preparation<PreparedAuthentication>(isFresh);

  /** The same as a press of the button; the events tell how it ended. */
  authenticate(): Promise<void> {
    return this.start();
  }

  protected ownProperties(): string[] {
    return [];
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
    client: Client,
    onPhase: (phase: Phase) => void,
    signal: AbortSignal,
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
      signal,
    );
  }

  #prepare(client: Client): Promise<PreparedAuthentication> {
    return this.#preparation.get(() => prepareAuthentication(client, this.token));
  }
}
