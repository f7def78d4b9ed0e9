import type { AuthenticationJSON } from '../credential_json.js';

const TIMEOUT_MS = 15_000;

/** What asks: the site, and the computer that shows the code. */
export interface Shown {
  name: string;
  rp_id: string;
  browser: string;
  system: string;
  /** Seconds since the code was made. */
  age: number;
}

/** A refusal in the server's words; `unreachable` where there was no answer of it. */
export class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

type Answer = Readonly<Record<string, unknown>>;

/** The phone's half of the cross-device calls. Rejects with Refusal. */
export class PhoneApi {
  /** `root`: of the calls, with a slash at the end, on this page's origin. */
  constructor(private readonly root: URL) {}

  async show(id: string): Promise<Shown> {
    const { name, rp_id, browser, system, age } = await this.post('show', { id });
    return {
      name: text(name),
      rp_id: text(rp_id),
      browser: text(browser),
      system: text(system),
      age: number(age),
    };
  }

  async claim(id: string): Promise<{ token: string; publicKey: unknown; expiresIn: number }> {
    const { phone_token, publicKey, expires_in } = await this.post('claim', { id });
    return { token: text(phone_token), publicKey, expiresIn: number(expires_in) };
  }

  async finish(
    token: string,
    credential: AuthenticationJSON,
  ): Promise<{ code: string; rpId: string; expiresIn: number }> {
    const { code, rp_id, expires_in } = await this.post('finish', { credential }, token);
    return { code: text(code), rpId: text(rp_id), expiresIn: number(expires_in) };
  }

  async deny(id: string): Promise<void> {
    await this.post('deny', { id });
  }

  private async post(step: string, body: object, token?: string): Promise<Answer> {
    let answer: unknown;
    let ok = false;
    try {
      const response = await fetch(new URL(step, this.root), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      ok = response.ok;
      answer = await response.json();
    } catch {
      throw new Refusal('unreachable');
    }
    if (typeof answer !== 'object' || answer === null) throw new Refusal('unreachable');
    const members = answer as Answer;
    if (!ok) throw new Refusal(typeof members['code'] === 'string' ? members['code'] : 'unreachable');
    return members;
  }
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Refusal('unreachable');
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new Refusal('unreachable');
  return value;
}
