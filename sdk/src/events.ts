import type { AuthenticationResult } from './authenticate.js';
import type { ErrorCode } from './error_codes.js';
import type { MasterKey2Error } from './errors.js';
import type { RegistrationResult } from './register.js';

export const MK2Events = {
  AUTH_STARTED: 'mk2:auth-started',
  AUTH_SUCCESS: 'mk2:auth-success',
  AUTH_ERROR: 'mk2:auth-error',
  REGISTER_STARTED: 'mk2:register-started',
  REGISTER_SUCCESS: 'mk2:register-success',
  REGISTER_ERROR: 'mk2:register-error',
  QR_GENERATED: 'mk2:qr-generated',
  QR_SCANNED: 'mk2:qr-scanned',
  QR_CONFIRM: 'mk2:qr-confirm',
  QR_EXPIRED: 'mk2:qr-expired',
  QR_DENIED: 'mk2:qr-denied',
  STATE_CHANGED: 'mk2:state-changed',
} as const;

export interface ErrorDetail {
  error: MasterKey2Error;
  code: ErrorCode;
  reason: string | undefined;
  recoverable: boolean;
}

export interface MK2EventMap {
  'mk2:auth-started': undefined;
  'mk2:auth-success': AuthenticationResult;
  'mk2:auth-error': ErrorDetail;
  'mk2:register-started': undefined;
  'mk2:register-success': RegistrationResult;
  'mk2:register-error': ErrorDetail;
  /** `url` belongs into a QR code and nowhere else; `until` is Date.now() at its end. */
  'mk2:qr-generated': { url: string; until: number };
  'mk2:qr-scanned': undefined;
  /** The phone shows a code to type here; `attemptsLeft` after a wrong one. */
  'mk2:qr-confirm': { attemptsLeft: number | undefined };
  'mk2:qr-expired': undefined;
  'mk2:qr-denied': undefined;
  'mk2:state-changed': { state: string; previous: string };
}

export type MK2Event = keyof MK2EventMap;
export type Listener<E extends MK2Event> = (detail: MK2EventMap[E]) => void;

export function errorDetail(error: MasterKey2Error): ErrorDetail {
  return { error, code: error.code, reason: error.reason, recoverable: error.recoverable };
}

/** Listeners by event, called in the order they came. One that throws stops no other. */
export class Emitter {
  readonly #listeners = new Map<MK2Event, Set<(detail: never) => void>>();

  /** Returns the function that takes the listener off again. */
  on<E extends MK2Event>(event: E, listener: Listener<E>): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set.add(listener));
    return () => this.off(event, listener);
  }

  off<E extends MK2Event>(event: E, listener: Listener<E>): void {
    this.#listeners.get(event)?.delete(listener);
  }

  once<E extends MK2Event>(event: E, listener: Listener<E>): () => void {
    const off = this.on(event, (detail) => {
      off();
      listener(detail);
    });
    return off;
  }

  has(event: MK2Event): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  emit<E extends MK2Event>(event: E, detail: MK2EventMap[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      callSafely(() => (listener as Listener<E>)(detail));
    }
  }
}

/** Runs the site's code; what it throws goes where uncaught errors go, not into the ceremony. */
export function callSafely(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
