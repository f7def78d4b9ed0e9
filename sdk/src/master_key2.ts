import {
  completeAuthentication,
  prepareAuthentication,
  type AuthenticationResult,
} from './authenticate.js';
import { readCapabilities, type Capabilities } from './capabilities.js';
import { demandRpId, type Phase } from './ceremony.js';
import { Client, DEFAULT_TIMEOUT_MS, type Fetch } from './client.js';
import { CeremonyAborted, MasterKey2Error, misconfigured } from './errors.js';
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
import type { PrfOptions } from './prf.js';
import { probePage, type WantedMode } from './probe.js';
import { abortRunning } from './prompt.js';
import { startCrossDevice, type CrossDevice, type CrossDeviceState } from './qr/cross_device.js';
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
  /**
   * Shows something only when there is a passkey on this device, else credential_not_found at once;
   * to be called in a click. Browsers that cannot ask in the usual way.
   */
  immediate?: boolean;
  /** security-key, client-device and hybrid, in order of preference. */
  hints?: readonly string[];
  prf?: PrfOptions;
}

export interface RegisterOptions extends CallOptions<RegistrationResult> {
  token?: string;
  /** Asked for a user token when `token` is absent, just before it is used. */
  getToken?: () => string | Promise<string>;
  /** Name of the new passkey. */
  name?: string;
  /**
   * Makes a passkey without a dialogue, for a visitor who has just signed in with a password that
   * the browser keeps. Resolves with undefined where that is not to be had, and tells nobody.
   */
  upgrade?: boolean;
  hints?: readonly string[];
  prf?: PrfOptions;
}

export interface QrOptions extends CallOptions<AuthenticationResult> {
  token?: string;
  /** The address to show as a QR code, good until `until` (Date.now()). Show no link: links travel. */
  onUrl?: (url: string, until: number) => void;
  /** `confirm`: ask for the code that the phone shows; `attemptsLeft` after a wrong one. */
  onState?: (state: CrossDeviceState, attemptsLeft?: number) => void;
}

/** A sign-in on another device. */
export interface QrSession {
  /** Hands in the code that the phone shows; false when it was wrong. */
  confirm(code: string): Promise<boolean>;
  /** Ends it quietly. */
  cancel(): void;
  /** As the promise of `passkey.authenticate`. */
  result: Promise<AuthenticationResult | undefined>;
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

type Words = readonly [
  started: MK2Event,
  succeeded: MK2Event,
  failed: typeof MK2Events.AUTH_ERROR | typeof MK2Events.REGISTER_ERROR,
];
const SIGN_IN: Words = [MK2Events.AUTH_STARTED, MK2Events.AUTH_SUCCESS, MK2Events.AUTH_ERROR];

export class MasterKey2 {
  static readonly addMessages = addMessages;
  static readonly mode = chooseMode;

  readonly config: Readonly<Required<Omit<MasterKey2Config, 'token' | 'fetch'>>>;
  readonly passkey: Passkey;
  readonly qr: { start(options?: QrOptions): QrSession };
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
    this.qr = { start: (options = {}) => this.#startQr(options) };
  }

  /** What this browser says it can do; `MasterKey2.mode` is what the elements make of it. */
  capabilities(): Promise<Capabilities> {
    return readCapabilities();
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
    return this.#run(options, SIGN_IN, async (enter) => {
      this.#demandUsablePage('passkey');
      const token = demandToken(options.token ?? this.#token);
      const mediation = options.autofill ? 'conditional' : undefined;
      const can = await readCapabilities();
      if (mediation && !can.conditionalGet) throw new CeremonyAborted();
      const prepared = await prepareAuthentication(this.#client, token, options.signal);
      await demandRpId(prepared.tenant.rpId);
      const immediate = options.immediate && can.immediateGet;
      return completeAuthentication(this.#client, prepared, enter, {
        ...options,
        mediation,
        immediate,
      });
    });
  }

  #register(options: RegisterOptions): Promise<RegistrationResult | undefined> {
    const { REGISTER_STARTED, REGISTER_SUCCESS, REGISTER_ERROR } = MK2Events;
    const words = [REGISTER_STARTED, REGISTER_SUCCESS, REGISTER_ERROR] as const;
    return this.#run(options, words, async (enter) => {
      this.#demandUsablePage('passkey');
      const { upgrade } = options;
      if (upgrade && !(await readCapabilities()).conditionalCreate) throw new CeremonyAborted();
      const prompt = { ...options, ...(upgrade && { mediation: 'conditional' as const }) };
      try {
        const token = demandToken(options.token ?? (await options.getToken?.()) ?? this.#token);
        const prepared = await prepareRegistration(this.#client, token, prompt);
        return await completeRegistration(this.#client, prepared, enter, prompt);
      } catch (error) {
        throw upgrade ? new CeremonyAborted() : error;
      }
    });
  }

  #startQr(options: QrOptions): QrSession {
    const { QR_GENERATED, QR_SCANNED, QR_CONFIRM, QR_EXPIRED, QR_DENIED } = MK2Events;
    let session: CrossDevice | undefined;
    const result = this.#run(options, SIGN_IN, (enter) => {
      this.#demandUsablePage('qr');
      session = startCrossDevice(this.#client, demandToken(options.token ?? this.#token), {
        signal: options.signal,
        pollInterval: this.config.qrPollInterval,
        lifetime: this.config.qrExpirationTime,
        onUrl: (url, until) => {
          callSafely(() => options.onUrl?.(url, until));
          this.#emitter.emit(QR_GENERATED, { url, until });
        },
        onState: (state, attemptsLeft) => {
          if (state === 'completed') enter('verifying');
          callSafely(() => options.onState?.(state, attemptsLeft));
          if (state === 'scanned') this.#emitter.emit(QR_SCANNED, undefined);
          if (state === 'confirm') this.#emitter.emit(QR_CONFIRM, { attemptsLeft });
          if (state === 'expired') this.#emitter.emit(QR_EXPIRED, undefined);
          if (state === 'denied') this.#emitter.emit(QR_DENIED, undefined);
        },
      });
      return session.result;
    });
    // Somebody who follows onState alone has heard of the end.
    result.catch(() => undefined);
    return {
      result,
      confirm: async (code) => (await session?.confirm(code)) ?? false,
      cancel: () => session?.cancel(),
    };
  }

  async #run<Result extends AuthenticationResult | RegistrationResult>(
    options: CallOptions<Result>,
    [started, succeeded, failed]: Words,
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

  #demandUsablePage(wanted: WantedMode): void {
    const mode = chooseMode(probePage({ apiBaseUrl: this.config.apiBaseUrl, wanted }));
    if ('code' in mode) throw new MasterKey2Error(mode.code, { reason: mode.reason });
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

function demandToken(token: unknown): string {
  if (typeof token === 'string' && token !== '') return token;
  throw misconfigured('missing_attribute');
}

/** A getToken of the site may throw anything. */
function asError(thrown: unknown): MasterKey2Error {
  return thrown instanceof MasterKey2Error
    ? thrown
    : new MasterKey2Error('assertion_failed', { reason: 'get_token', cause: thrown });
}
