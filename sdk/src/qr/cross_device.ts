import type { AuthenticationResult } from '../authenticate.js';
import type { Client, CrossDeviceStatus } from '../client.js';
import { CeremonyAborted, MasterKey2Error } from '../errors.js';
import type { ErrorCode } from '../error_codes.js';

/** How far a sign-in on another device has come. `confirm`: the phone's code has to be typed here. */
export type CrossDeviceState = CrossDeviceStatus['state'];

export interface CrossDeviceOptions {
  signal?: AbortSignal | undefined;
  /** Least time between two questions in ms; the server may ask for more. */
  pollInterval: number;
  /** Longest life of a code in ms; the server's may be shorter. */
  lifetime: number;
  /** The address for the QR code is there, good until `until` (Date.now()). Throwing ends it. */
  onUrl(url: string, until: number): void;
  onState(state: CrossDeviceState, attemptsLeft?: number): void;
}

export interface CrossDevice {
  /** Date.now() at its end, as far as that is known. */
  readonly until: number;
  /** Resolves once; rejects with MasterKey2Error, or CeremonyAborted after cancel(). */
  result: Promise<AuthenticationResult>;
  /**
   * Hands in the six digits that the phone shows, and tells whether they were right. `result`
   * rejects with qr_code_mismatch after the third wrong code.
   */
  confirm(code: string): Promise<boolean>;
  cancel(): void;
}

/** What may pass: the next question is asked all the same. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'server_unreachable',
  'rate_limited',
  'overloaded',
  'storage_unavailable',
  'internal',
]);

/** A page in the background asks so many times more seldom. */
const HIDDEN_FACTOR = 4;

/** The digits of a code, however they were typed: with spaces, in full width, in Arabic script. */
export function codeDigits(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(/[\s-]/g, '');
}

export function isCode(digits: string): boolean {
  return /^\d{6}$/.test(digits);
}

/** Begins a sign-in on another device and follows it to its end. */
export function startCrossDevice(
  client: Client,
  token: string,
  options: CrossDeviceOptions,
): CrossDevice {
  const ended = new AbortController();
  const { signal } = ended;
  const cancel = (): void => ended.abort();
  options.signal?.addEventListener('abort', cancel);
  if (options.signal?.aborted) cancel();

  let pollToken = '';
  let until = 0;
  let state: CrossDeviceState = 'pending';
  let confirming = false;
  let wrongCodes = false;
  /** Ends the pause between two questions. */
  let wake = (): void => undefined;

  function enter(next: CrossDeviceState, attemptsLeft?: number): void {
    state = next;
    options.onState(next, attemptsLeft);
  }

  async function follow(): Promise<AuthenticationResult> {
    const begun = await client.beginCrossDevice(token, signal);
    const last = Date.now() + options.lifetime;
    const untilOf = (seconds: number): number => Math.min(Date.now() + seconds * 1000, last);
    until = untilOf(begun.expires_in);
    pollToken = begun.poll_token;
    options.onUrl(begun.url, until);
    enter('pending');
    let wait = 0;
    for (;;) {
      const usual = Math.max(options.pollInterval, begun.poll_ms) * (0.9 + Math.random() / 5);
      const hidden = globalThis.document?.hidden ? HIDDEN_FACTOR : 1;
      await pause(Math.min(Math.max(usual * hidden, wait), Math.max(until - Date.now(), 0)));
      wait = 0;
      try {
        // The last question comes at the end: the phone may have been quick.
        const over = Date.now() >= until;
        const status = await client.crossDeviceStatus(pollToken, signal);
        if (status.state === 'completed' && status.user && status.auth_token) {
          enter('completed');
          return { user: status.user, token: status.auth_token, method: 'qr' };
        }
        if (status.state === 'denied') throw ending(wrongCodes ? 'qr_code_mismatch' : 'qr_denied');
        if (over || status.state === 'expired') throw ending('qr_expired');
        if (status.state !== 'completed' && status.state !== state && !confirming) {
          enter(status.state, status.attempts_left);
        }
        if (status.expires_in !== undefined) until = untilOf(status.expires_in);
      } catch (error) {
        if (!(error instanceof MasterKey2Error)) throw error;
        if (error.code === 'token_expired' || error.code === 'cross_device_expired') {
          throw ending('qr_expired');
        }
        if (!passing.has(error.code)) throw error;
        if (Date.now() >= until) throw ending('qr_expired');
        wait = (error.retryAfter ?? 0) * 1000;
      }
    }
  }

  function ending(code: 'qr_expired' | 'qr_denied' | 'qr_code_mismatch'): MasterKey2Error {
    enter(code === 'qr_expired' ? 'expired' : 'denied');
    return new MasterKey2Error(code);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new CeremonyAborted());
      const timer = setTimeout(() => wake(), ms);
      wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        clearTimeout(timer);
        reject(new CeremonyAborted());
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  async function confirm(code: string): Promise<boolean> {
    const digits = codeDigits(code);
    // A slip of the finger costs no try.
    if (state !== 'confirm' || confirming || !isCode(digits)) return false;
    confirming = true;
    try {
      const answer = await client.confirmCrossDevice(pollToken, digits, signal);
      if (answer.state === 'completed') return true;
      wrongCodes = answer.state === 'denied';
      if (answer.state === 'confirm') enter('confirm', answer.attempts_left);
      return false;
    } finally {
      confirming = false;
      wake();
    }
  }

  const look = (): void => {
    if (!globalThis.document?.hidden) wake();
  };
  globalThis.document?.addEventListener('visibilitychange', look, { signal });
  globalThis.addEventListener?.('pageshow', look, { signal });
  const result = follow().finally(() => {
    options.signal?.removeEventListener('abort', cancel);
    cancel();
  });
  // Whoever wants to know listens; nobody has to.
  result.catch(() => undefined);
  return {
    result,
    confirm,
    cancel,
    get until() {
      return until;
    },
  };
}
