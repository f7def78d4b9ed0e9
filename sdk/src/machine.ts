import { isUnavailable } from './errors.js';
import type { ErrorCode } from './error_codes.js';

/** What an element is doing. `note` is what the last try came to. */
export type State =
  | { name: 'idle' }
  | { name: 'unavailable'; code: ErrorCode; reason?: string | undefined; about?: string | undefined }
  | { name: 'ready'; note?: ErrorCode }
  | { name: 'preparing' }
  | { name: 'prompting' }
  | { name: 'verifying' }
  | { name: 'tap_again' }
  | { name: 'success' }
  /** A QR code is being fetched; there to be scanned. */
  | { name: 'qr_starting' | 'qr_pending'; note?: ErrorCode }
  | { name: 'qr_scanned' }
  /** The phone shows a code that has to be typed here. `attemptsLeft` after a wrong one. */
  | { name: 'qr_confirm'; attemptsLeft?: number | undefined; note?: ErrorCode }
  /** Over, until the visitor asks for a new code. */
  | { name: 'qr_expired' | 'qr_denied' | 'qr_failed'; note: ErrorCode };

export type Action =
  | { type: 'usable' }
  | { type: 'unusable'; code: ErrorCode; reason?: string | undefined; about?: string | undefined }
  | { type: 'start' }
  | { type: 'prompt' }
  | { type: 'verify' }
  | { type: 'succeed' }
  | { type: 'activation_lost' }
  | { type: 'fail'; code: ErrorCode; reason?: string | undefined }
  | { type: 'abort' }
  | { type: 'reset' }
  | { type: 'qr_start' }
  | { type: 'qr_show' }
  | { type: 'qr_scan' }
  | { type: 'qr_ask'; attemptsLeft?: number | undefined; note?: ErrorCode | undefined }
  | { type: 'qr_end'; code: ErrorCode; reason?: string | undefined };

export const IDLE: State = { name: 'idle' };

/** The browser or the server has the word; the visitor waits. */
export function isBusy({ name }: State): boolean {
  return name === 'preparing' || name === 'prompting' || name === 'verifying';
}

/** A QR code lives: it is being fetched, shown, or waited for on the phone. */
export function isCodeOpen({ name }: State): boolean {
  return /^qr_(starting|pending|scanned|confirm)$/.test(name);
}

/** Nothing has begun that the page's own fields could get in the way of. */
export function isWaiting({ name }: State): boolean {
  return name === 'ready' || /^qr_(?!scanned|confirm)/.test(name);
}

/** Pure. An action that does not belong to a state leaves it as it is, the same object. */
export function reduce(state: State, action: Action): State {
  const { name } = state;
  const ofQr = name.startsWith('qr_');
  const atRest = name === 'ready' || name === 'tap_again' || name === 'success' || ofQr;
  switch (action.type) {
    case 'usable':
      return name === 'idle' || name === 'unavailable' ? { name: 'ready' } : state;
    case 'unusable':
      return { name: 'unavailable', code: action.code, reason: action.reason, about: action.about };
    case 'start':
      return atRest ? { name: 'preparing' } : state;
    case 'prompt':
      return name === 'preparing' ? { name: 'prompting' } : state;
    case 'verify':
      return name === 'prompting' || name === 'qr_confirm' ? { name: 'verifying' } : state;
    case 'succeed':
      return name === 'verifying' || isCodeOpen(state) ? { name: 'success' } : state;
    case 'activation_lost':
      return name === 'prompting' ? { name: 'tap_again' } : state;
    case 'fail':
      return isBusy(state) ? failed(action, { name: 'ready', note: action.code }) : state;
    case 'abort':
      return isBusy(state) || name === 'tap_again' || ofQr ? { name: 'ready' } : state;
    case 'reset':
      return name === 'unavailable' || name === 'idle' ? state : { name: 'ready' };
    case 'qr_start':
      return atRest && !isCodeOpen(state)
        ? { name: 'qr_starting', ...(state.name === 'ready' && state.note && { note: state.note }) }
        : state;
    case 'qr_show':
      return state.name === 'qr_starting' ? { ...state, name: 'qr_pending' } : state;
    case 'qr_scan':
      return name === 'qr_pending' ? { name: 'qr_scanned' } : state;
    case 'qr_ask': {
      const { attemptsLeft, note } = action;
      const asks = /^(qr_pending|qr_scanned|qr_confirm|verifying)$/.test(name);
      return asks ? { name: 'qr_confirm', attemptsLeft, ...(note && { note }) } : state;
    }
    case 'qr_end':
      return isCodeOpen(state) || name === 'verifying'
        ? failed(action, { name: ends[action.code] ?? 'qr_failed', note: action.code })
        : state;
  }
}

const ends: Partial<Record<ErrorCode, 'qr_expired' | 'qr_denied'>> = {
  qr_expired: 'qr_expired',
  qr_denied: 'qr_denied',
  qr_code_mismatch: 'qr_denied',
};

function failed(action: { code: ErrorCode; reason?: string | undefined }, otherwise: State): State {
  const { code, reason } = action;
  return isUnavailable(code) ? { name: 'unavailable', code, reason } : otherwise;
}
