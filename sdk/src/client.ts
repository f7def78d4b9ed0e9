import type { AuthenticationJSON, RegistrationJSON } from './credential_json.js';
import { CeremonyAborted, MasterKey2Error, misconfigured } from './errors.js';
import { errorFromAnswer, isRecord } from './problem.js';

export type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export interface ClientOptions {
  /** Absolute http(s) address of the server, with or without a trailing slash. */
  apiBaseUrl: string;
  /** Limit of one request in ms. */
  timeout?: number | undefined;
  fetch?: Fetch | undefined;
}

export interface User {
  id: string;
  external_id: string;
  display_name?: string;
}

export interface BegunCeremony {
  ceremony: string;
  publicKey: unknown;
  expires_in: number;
  client?: { rp_id: string; name: string; cross_device: boolean };
}

export interface FinishedAuthentication {
  user: User;
  auth_token: string;
  expires_in: number;
  /** When the Signal API may be used, and what for. */
  signal?: unknown;
}

export interface BegunCrossDevice {
  /** For the QR code. */
  url: string;
  poll_token: string;
  expires_in: number;
  poll_ms: number;
}

const STATES = ['pending', 'scanned', 'confirm', 'completed', 'denied', 'expired'] as const;

export interface CrossDeviceStatus {
  state: (typeof STATES)[number];
  expires_in?: number;
  attempts_left?: number;
  user?: User;
  auth_token?: string;
}

export const DEFAULT_TIMEOUT_MS = 30_000;

/** The Bearer half of the REST API. Rejects with MasterKey2Error, or CeremonyAborted. */
export class Client {
  readonly #root: string;
  readonly #timeout: number;
  readonly #fetch: Fetch;

  constructor(options: ClientOptions) {
    this.#root = `${options.apiBaseUrl.replace(/\/+$/, '')}/api/v1`;
    this.#timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  beginAuthentication(token: string, signal?: AbortSignal): Promise<BegunCeremony> {
    return this.#begin('/begin_authentication', token, {}, signal);
  }

  beginRegistration(
    token: string,
    body: { name?: string; mediation?: 'conditional' },
    signal?: AbortSignal,
  ): Promise<BegunCeremony> {
    return this.#begin('/begin_registration', token, body, signal);
  }

  async finishAuthentication(
    token: string,
    body: { ceremony: string; credential: AuthenticationJSON },
    signal?: AbortSignal,
  ): Promise<FinishedAuthentication> {
    const answer = await this.#post('/finish_authentication', token, body, signal);
    if (!isSignedIn(answer)) throw badAnswer();
    return answer as unknown as FinishedAuthentication;
  }

  async finishRegistration(
    token: string,
    body: { ceremony: string; credential: RegistrationJSON; name?: string },
    signal?: AbortSignal,
  ): Promise<{ user: User; credential: Record<string, unknown> }> {
    const answer = await this.#post('/finish_registration', token, body, signal);
    if (!isRecord(answer['user']) || !isRecord(answer['credential'])) throw badAnswer();
    return answer as unknown as { user: User; credential: Record<string, unknown> };
  }

  /** Rejects with not_supported and `cross_device_off` where the tenant or the server has none. */
  async beginCrossDevice(token: string, signal?: AbortSignal): Promise<BegunCrossDevice> {
    const answer = await this.#postTwice('/cross_device', token, {}, signal).catch((cause) => {
      if (cause instanceof MasterKey2Error && cause.status === 404) {
        throw new MasterKey2Error('not_supported', { reason: 'cross_device_off', cause });
      }
      throw cause;
    });
    const { url, poll_token: pollToken, expires_in: life, poll_ms: pollMs } = answer;
    const timed = typeof life === 'number' && typeof pollMs === 'number';
    if (!timed || typeof url !== 'string' || typeof pollToken !== 'string') throw badAnswer();
    return answer as unknown as BegunCrossDevice;
  }

  crossDeviceStatus(pollToken: string, signal?: AbortSignal): Promise<CrossDeviceStatus> {
    return this.#crossDevice('/status', pollToken, {}, signal);
  }

  confirmCrossDevice(
    pollToken: string,
    code: string,
    signal?: AbortSignal,
  ): Promise<CrossDeviceStatus> {
    return this.#crossDevice('/confirm', pollToken, { code }, signal);
  }

  async #crossDevice(
    path: string,
    token: string,
    body: object,
    signal: AbortSignal | undefined,
  ): Promise<CrossDeviceStatus> {
    const answer = await this.#post(`/cross_device${path}`, token, body, signal);
    const known: readonly unknown[] = STATES;
    if (!known.includes(answer['state'])) throw badAnswer();
    if (answer['auth_token'] !== undefined && !isSignedIn(answer)) throw badAnswer();
    return answer as unknown as CrossDeviceStatus;
  }

  /** Begin calls write nothing, so one lost on the way is sent once more. */
  #postTwice(
    path: string,
    token: string,
    body: object,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, unknown>> {
    const send = (): Promise<Record<string, unknown>> => this.#post(path, token, body, signal);
    return send().catch((error: unknown) => {
      if (error instanceof MasterKey2Error && error.reason === 'network') return send();
      throw error;
    });
  }

  async #begin(
    path: string,
    token: string,
    body: object,
    signal: AbortSignal | undefined,
  ): Promise<BegunCeremony> {
    const answer = await this.#postTwice(path, token, body, signal);
    const { ceremony, publicKey, expires_in: life } = answer;
    if (typeof ceremony !== 'string' || !isRecord(publicKey) || typeof life !== 'number') {
      throw badAnswer();
    }
    return answer as unknown as BegunCeremony;
  }

  async #post(
    path: string,
    token: string,
    body: object,
    signal: AbortSignal | undefined,
  ): Promise<Record<string, unknown>> {
    const { response, text } = await request(this.#fetch, this.#root + path, this.#timeout, signal, {
      method: 'POST',
      headers: { authorization: `Bearer ${headerText(token)}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
    });
    const json = parse(text);
    if (!response.ok) {
      throw errorFromAnswer(response.status, json, response.headers.get('retry-after'));
    }
    if (!isRecord(json)) throw badAnswer();
    return json;
  }
}

/** fetch with a time limit over headers and body. `reason` is `network` or `request_timeout`. */
export async function request(
  fetcher: Fetch,
  url: string,
  timeout: number,
  signal: AbortSignal | undefined,
  init: RequestInit,
): Promise<{ response: Response; text: string }> {
  if (signal?.aborted) throw new CeremonyAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  signal?.addEventListener('abort', abort);
  const timer = setTimeout(abort, timeout);
  try {
    const response = await fetcher(url, { ...init, signal: controller.signal });
    return { response, text: await response.text() };
  } catch (cause) {
    if (signal?.aborted) throw new CeremonyAborted();
    const reason = controller.signal.aborted ? 'request_timeout' : 'network';
    throw new MasterKey2Error('server_unreachable', { reason, cause });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** undefined when `text` is not JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Tokens are base64url and `_`; anything else would make fetch throw or break the header. */
function headerText(token: string): string {
  if (!/^[\w.~+/=-]+$/.test(token)) {
    throw misconfigured('invalid_token');
  }
  return token;
}

function isSignedIn(answer: Record<string, unknown>): boolean {
  return isRecord(answer['user']) && typeof answer['auth_token'] === 'string';
}

function badAnswer(): MasterKey2Error {
  return misconfigured('bad_answer');
}
