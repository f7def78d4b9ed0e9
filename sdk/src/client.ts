import type { AuthenticationJSON, RegistrationJSON } from './credential_json.js';
import { CeremonyAborted, MasterKey2Error } from './errors.js';
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
    body: { name?: string },
    signal?: AbortSignal,
  ): Promise<BegunCeremony> {
    return this.#begin('/begin_registration', token, body, signal);
  }

  async finishAuthentication(
    token: string,
    body: { ceremony: string; credential: AuthenticationJSON },
    signal?: AbortSignal,
  ): Promise<{ user: User; auth_token: string; expires_in: number }> {
    const answer = await this.#post('/finish_authentication', token, body, signal);
    if (!isRecord(answer['user']) || typeof answer['auth_token'] !== 'string') throw badAnswer();
    return answer as unknown as { user: User; auth_token: string; expires_in: number };
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

  /** Begin calls write nothing, so one lost on the way is sent once more. */
  async #begin(
    path: string,
    token: string,
    body: object,
    signal: AbortSignal | undefined,
  ): Promise<BegunCeremony> {
    const send = (): Promise<Record<string, unknown>> => this.#post(path, token, body, signal);
    const answer = await send().catch((error: unknown) => {
      if (error instanceof MasterKey2Error && error.reason === 'network') return send();
      throw error;
    });
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
    throw new MasterKey2Error('configuration_error', { reason: 'invalid_token' });
  }
  return token;
}

function badAnswer(): MasterKey2Error {
  return new MasterKey2Error('configuration_error', { reason: 'bad_answer' });
}
