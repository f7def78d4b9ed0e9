import type { AuthenticationResult } from '../authenticate.js';
import type { Client } from '../client.js';
import { CeremonyAborted, MasterKey2Error, misconfigured } from '../errors.js';
import type { Action, State } from '../machine.js';
import type { Phone } from '../qr/arrange.js';
import {
  codeDigits,
  isCode,
  startCrossDevice,
  type CrossDevice,
  type CrossDeviceState,
} from '../qr/cross_device.js';

/** The element that shows it; some of this it keeps from its page. */
export interface PhoneHost {
  readonly state: State['name'];
  readonly qrPollInterval: number;
  readonly qrExpirationTime: number;
  dispatch(action: Action): void;
  render(): void;
  succeed(result: AuthenticationResult): void;
  failPhone(error: MasterKey2Error): void;
}

/** Text → rows of modules. */
export type Encode = (text: string) => boolean[][];

/** A code that nobody scans is replaced so many times without being asked. */
const RENEWALS = 1;

/** The sign-in on a phone of one element: its code, its clock, its way through the states. */
export class PhoneSignIn implements Phone {
  rows: boolean[][] | undefined;
  readonly #host: PhoneHost;
  #session: CrossDevice | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #renewals = 0;

  constructor(host: PhoneHost) {
    this.#host = host;
  }

  get running(): boolean {
    return this.#session !== undefined;
  }

  /** Seconds until the code expires. */
  get secondsLeft(): number {
    return Math.max(0, Math.round(((this.#session?.until ?? 0) - Date.now()) / 1000));
  }

  /** `asked`: by the visitor, so that the code may be renewed again. */
  start(client: Client, token: string, asked: boolean, encode: Encode): void {
    this.stop();
    if (asked) this.#renewals = 0;
    const host = this.#host;
    host.dispatch({ type: 'qr_start' });
    const session = startCrossDevice(client, token, {
      pollInterval: host.qrPollInterval,
      lifetime: host.qrExpirationTime,
      onUrl: (url) => {
        this.rows = encode(url);
        this.#clock = setInterval(() => host.render(), 1_000);
        host.dispatch({ type: 'qr_show' });
      },
      onState: (state, attemptsLeft) => this.#enter(state, attemptsLeft),
    });
    this.#session = session;
    session.result.then(
      (result) => {
        if (this.#session !== session) return;
        this.stop();
        host.succeed(result);
      },
      (thrown: unknown) => {
        if (this.#session !== session || thrown instanceof CeremonyAborted) return;
        this.stop();
        const error = asError(thrown);
        // A code that nobody has scanned may be renewed: nothing has failed.
        if (error.code !== 'qr_expired' || host.state !== 'qr_pending') return host.failPhone(error);
        host.dispatch({ type: 'qr_end', code: 'qr_expired' });
        if (document.hidden || this.#renewals++ >= RENEWALS) return;
        this.start(client, token, false, encode);
      },
    );
  }

  stop(): void {
    const session = this.#session;
    this.#session = undefined;
    this.rows = undefined;
    clearInterval(this.#clock);
    session?.cancel();
  }

  async confirm(typed: string): Promise<void> {
    const [host, session] = [this.#host, this.#session];
    if (!session || host.state !== 'qr_confirm') return;
    if (!isCode(codeDigits(typed))) {
      host.dispatch({ type: 'qr_ask', note: 'qr_code_mismatch' });
      return;
    }
    host.dispatch({ type: 'verify' });
    try {
      await session.confirm(typed);
    } catch (thrown) {
      if (this.#session !== session || thrown instanceof CeremonyAborted) return;
      host.dispatch({ type: 'qr_ask', note: asError(thrown).code });
    }
  }

  #enter(state: CrossDeviceState, attemptsLeft: number | undefined): void {
    const host = this.#host;
    if (state === 'scanned') host.dispatch({ type: 'qr_scan' });
    if (state !== 'confirm') return;
    const wrong = host.state === 'verifying' && { note: 'qr_code_mismatch' as const };
    host.dispatch({ type: 'qr_ask', ...wrong, ...(wrong && { attemptsLeft }) });
  }
}

function asError(thrown: unknown): MasterKey2Error {
  return thrown instanceof MasterKey2Error ? thrown : misconfigured('bad_answer', thrown);
}
