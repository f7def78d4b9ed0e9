import { PhoneApi, Refusal, type Shown } from './api.js';
import { knownObstacle, sign, Unsigned } from './sign.js';
import type { PhoneKey } from './texts.js';
import type { View } from './view.js';

/** The server's words that have a sentence of their own; all others are `over.other`. */
const sentences: Readonly<Record<string, PhoneKey>> = {
  cross_device_expired: 'over.expired',
  ceremony_used: 'over.expired',
  token_expired: 'over.expired',
  token_revoked: 'over.expired',
  invalid_token: 'over.no_code',
  wrong_token_type: 'over.no_code',
  cross_device_claimed: 'over.claimed',
  user_disabled: 'over.user_disabled',
  user_not_found: 'over.no_passkey',
  unreachable: 'over.unreachable',
  rate_limited: 'over.unreachable',
  overloaded: 'over.unreachable',
  storage_unavailable: 'over.unreachable',
};

/** Refusals after which another passkey, or another try, may do. */
const again: Readonly<Record<string, PhoneKey>> = {
  credential_not_found: 'again.no_passkey',
  verification_failed: 'again.failed',
  unreachable: 'over.unreachable',
  rate_limited: 'over.unreachable',
  overloaded: 'over.unreachable',
  storage_unavailable: 'over.unreachable',
};

/** What happens on the page. Nothing does before a press. */
export class PhonePage {
  private id = '';
  private shown: Shown | undefined;

  constructor(
    private readonly api: PhoneApi,
    private readonly view: View,
  ) {}

  /** `id`: what stands behind `#`. */
  async open(id: string): Promise<void> {
    this.id = id;
    if (id === '') return this.view.over('over.no_code');
    this.view.busy('loading');
    await this.guarded(async () => {
      const shown = await this.api.show(id);
      this.shown = shown;
      const obstacle = await knownObstacle(shown.rp_id, location.hostname);
      if (obstacle) return this.stop(obstacle);
      this.view.ask(shown, { go: () => this.claim(), no: () => this.deny() });
    });
  }

  private async claim(): Promise<void> {
    this.view.busy('working');
    // A reload must not claim a second time, which would end the sign-in.
    history.replaceState(null, '', location.pathname);
    await this.guarded(async () => {
      const { token, publicKey, expiresIn } = await this.api.claim(this.id);
      this.view.countDown(expiresIn, () => this.view.over('over.expired'));
      await this.sign(token, publicKey);
    });
  }

  private async sign(token: string, publicKey: unknown): Promise<void> {
    this.view.busy('prompting');
    const retry = (key: PhoneKey): void =>
      this.view.again(key, { go: () => this.sign(token, publicKey), no: () => this.deny() });
    await this.guarded(async () => {
      try {
        const credential = await sign(publicKey);
        this.view.busy('working');
        const { code, rpId, expiresIn } = await this.api.finish(token, credential);
        this.view.code(code, rpId, { no: () => this.deny() });
        this.view.countDown(expiresIn, () => this.view.over('over.code_expired'));
      } catch (error) {
        if (error instanceof Unsigned) {
          // Also when the press was too long ago for this browser: the next one is fresh.
          if (error.obstacle === 'cancelled') return retry('again.cancelled');
          if (error.obstacle === 'failed') return retry('again.failed');
          return this.stop(error.obstacle);
        }
        const key = error instanceof Refusal ? again[error.code] : undefined;
        if (key === undefined) throw error;
        retry(key);
      }
    });
  }

  private async deny(): Promise<void> {
    this.view.busy('working');
    await this.guarded(async () => {
      await this.api.deny(this.id).catch((error: unknown) => {
        // Nothing is left to end.
        if (!(error instanceof Refusal) || error.code !== 'cross_device_expired') throw error;
      });
      this.view.over('over.denied');
    });
  }

  private stop(obstacle: 'not_supported' | 'no_related_origins' | 'not_listed' | 'cancelled' | 'failed'): void {
    const values = { rp_id: this.shown?.rp_id ?? '', origin: location.origin };
    switch (obstacle) {
      case 'not_listed':
        return this.view.over('over.not_listed', values, 'owner.not_listed');
      case 'no_related_origins':
        return this.view.over('over.no_related_origins');
      default:
        return this.view.over('over.not_supported');
    }
  }

  /** Says what went wrong, whatever it was. */
  private async guarded(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      const code = error instanceof Refusal ? error.code : '';
      this.view.over(sentences[code] ?? 'over.other');
    }
  }
}
