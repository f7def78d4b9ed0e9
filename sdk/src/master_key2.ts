import {
  completeAuthentication,
  prepareAuthentication,
  type AuthenticationResult,
} from './authenticate.js';
import type { Phase } from './ceremony.js';
import { Client, DEFAULT_TIMEOUT_MS, type Fetch } from './client.js';
import { CeremonyAborted, MasterKey2Error } from './errors.js';
import {
  callSafely,
  Emitter,
  errorDetail,
  MK2Events,
  type Listener,
  type MK2Event,
} from './events.js';
import { addMessages } from './i18n/messages.js';
import { chooseMode } from './mode.js';
import { probePage } from './probe.js';
import { abortRunning, supportsConditional } from './prompt.js';
import { completeRegistration, prepareRegistration, type RegistrationResult } from './register.js';

export interface MasterKey2Config {
  /** Address of the MasterKey2 server, such as https://auth.example.com. */
  apiBaseUrl: string;
  /** Session token for sign-in, or user token for registration, when a call names none. */
  token?: string;
  /** Writes each step to console.debug, without tokens. */
  debug?: boolean;
  /** Limit of one request in ms; 30000. */
  timeout?: number;
  /** ms between two questions about a QR sign-in; 2000. */
  qrPollInterval?: number;
  /** Life of a QR code in ms; 300000, or less when the server says so. */
  qrExpirationTime?: number;
  fetch?: Fetch;
}

export interface CallOptions<Result> {
  onSuccess?: (result: Result) => void;
  onError?: (error: MasterKey2Error) => void;
  /** Ends the ceremony quietly. */
  signal?: AbortSignal;
}

export interface AuthenticateOptions extends CallOptions<AuthenticationResult> {
  token?: string;
  /**
   * Opens no dialogue: offers passkeys in the page's field with autocomplete="username webauthn"
   * until one is chosen or another ceremony begins.
   */
  autofill?: boolean;
}

export interface RegisterOptions extends CallOptions<RegistrationResult> {
  token?: string;
  /** Asked for a user token when `token` is absent, just before it is used. */
  getToken?: () => string | Promise<string>;
  /** Name of the new passkey. */
  name?: string;
}

/**
 * The calls of passkey ceremonies. Callbacks, events and the promise all report.
 *
 * A failed call rejects only when nobody listens: with `onError` or a listener of the error event
 * the promise resolves with undefined. A ceremony that was aborted resolves with undefined, too.
 */
export interface Passkey {
  authenticate(options?: AuthenticateOptions): Promise<AuthenticationResult | undefined>;
  register(options?: RegisterOptions): Promise<RegistrationResult | undefined>;
  /** Ends the ceremony that runs in this document. */
  abort(): Promise<void>;
}

export class MasterKey2 {
  static readonly addMessages = addMessages;
  static readonly mode = chooseMode;

  readonly config: Readonly<Required<Omit<MasterKey2Config, 'token' | 'fetch'>>>;
  readonly passkey: Passkey;
  readonly #token: string | undefined;
  readonly #client: Client;
  readonly #emitter = new Emitter();
  #state = 'ready';
  #runs = 0;

  constructor(config: MasterKey2Config) {
    this.config = Object.freeze({
      apiBaseUrl: config.apiBaseUrl,
      debug: config.debug ?? false,
      timeout: config.timeout ?? DEFAULT_TIMEOUT_MS,
      qrPollInterval: config.qrPollInterval ?? 2_000,
      qrExpirationTime: config.qrExpirationTime ?? 300_000,
    });
    this.#token = config.token;
    this.#client = new Client({
      apiBaseUrl: String(config.apiBaseUrl),
      timeout: this.config.timeout,
      fetch: config.fetch,
    });
    this.passkey = {
      authenticate: (options = {}) => this.#authenticate(options),
      register: (options = {}) => this.#register(options),
      abort: abortRunning,
    };
  }

  /** Returns the function that takes the listener off again. */
  on<E extends MK2Event>(event: E, listener: Listener<E>): () => void {
    return this.#emitter.on(event, listener);
  }

  off<E extends MK2Event>(event: E, listener: Listener<E>): void {
    this.#emitter.off(event, listener);
  }

  once<E extends MK2Event>(event: E, listener: Listener<E>): () => void {
    return this.#emitter.once(event, listener);
  }

  #authenticate(options: AuthenticateOptions): Promise<AuthenticationResult | undefined> {
    const { AUTH_STARTED, AUTH_SUCCESS, AUTH_ERROR } = MK2Events;
    return this.#run(options, [AUTH_STARTED, AUTH_SUCCESS, AUTH_ERROR], async (enter) => {
      const token = demandToken(options.token ?? this.#token);
      const { signal } = options;
      const mediation = options.autofill ? 'conditional' : undefined;
      if (mediation && !(await supportsConditional())) throw new CeremonyAborted();
      const prepared = await prepareAuthentication(this.#client, token, signal);
      return completeAuthentication(this.#client, prepared, enter, { signal, mediation });
    });
  }

  #register(options: RegisterOptions): Promise<RegistrationResult | undefined> {
    const { REGISTER_STARTED, REGISTER_SUCCESS, REGISTER_ERROR } = MK2Events;
    return this.#run(options, [REGISTER_STARTED, REGISTER_SUCCESS, REGISTER_ERROR], async (enter) => {
      const token = demandToken(options.token ?? (await options.getToken?.()) ?? this.#token);
      const { name, signal } = options;
      const prepared = await prepareRegistration(this.#client, token, name, signal);
      return completeRegistration(this.#client, prepared, name, enter, signal);
    });
  }

  async #run<Result extends AuthenticationResult | RegistrationResult>(
    options: CallOptions<Result>,
    [started, succeeded, failed]: [
      MK2Event,
      MK2Event,
      typeof MK2Events.AUTH_ERROR | typeof MK2Events.REGISTER_ERROR,
    ],
    ceremony: (enter: (phase: Phase) => void) => Promise<Result>,
  ): Promise<Result | undefined> {
    const run = ++this.#runs;
    // A ceremony that a newer one has ended says no more about the state.
    const enter = (state: Phase | 'ready' | 'success'): void => {
      if (run === this.#runs) this.#enter(state);
    };
    this.#emitter.emit(started, undefined);
    try {
      enter('preparing');
      demandUsablePage(this.config.apiBaseUrl);
      const result = await ceremony(enter);
      enter('success');
      callSafely(() => options.onSuccess?.(result));
      this.#emitter.emit(succeeded, result as never);
      return result;
    } catch (thrown) {
      enter('ready');
      if (thrown instanceof CeremonyAborted) return undefined;
      const error = asError(thrown);
      this.#log('failed', error.code, error.reason);
      const heard = options.onError !== undefined || this.#emitter.has(failed);
      callSafely(() => options.onError?.(error));
      this.#emitter.emit(failed, errorDetail(error));
      if (heard) return undefined;
      throw error;
    }
  }

  #enter(state: Phase | 'ready' | 'success'): void {
    const previous = this.#state;
    if (previous === state) return;
    this.#state = state;
    this.#log(state);
    this.#emitter.emit(MK2Events.STATE_CHANGED, { state, previous });
  }

  #log(...words: unknown[]): void {
    if (this.config.debug) console.debug('[masterkey2]', ...words);
  }
}

function demandUsablePage(apiBaseUrl: string): void {
  const mode = chooseMode(probePage({ apiBaseUrl }));
  if (mode.mode !== 'button') throw new MasterKey2Error(mode.code, { reason: mode.reason });
}

function demandToken(token: unknown): string {
  if (typeof token === 'string' && token !== '') return token;
  throw new MasterKey2Error('configuration_error', {
    reason: 'missing_attribute',
    hint: 'token is missing.',
  });
}

/** A getToken of the site may throw anything. */
function asError(thrown: unknown): MasterKey2Error {
  return thrown instanceof MasterKey2Error
    ? thrown
    : new MasterKey2Error('assertion_failed', { reason: 'get_token', cause: thrown });
}
