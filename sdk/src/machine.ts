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
  | { name: 'success' };

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
  | { type: 'reset' };

export const IDLE: State = { name: 'idle' };

export function isBusy(state: State): boolean {
  return state.name === 'preparing' || state.name === 'prompting' || state.name === 'verifying';
}

/** Pure. An action that does not belong to a state leaves it as it is, the same object. */
export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'usable':
      return state.name === 'idle' || state.name === 'unavailable' ? { name: 'ready' } : state;
    case 'unusable':
      return { name: 'unavailable', code: action.code, reason: action.reason, about: action.about };
    case 'start':
      return ['ready', 'tap_again', 'success'].includes(state.name) ? { name: 'preparing' } : state;
    case 'prompt':
      return state.name === 'preparing' ? { name: 'prompting' } : state;
    case 'verify':
      return state.name === 'prompting' ? { name: 'verifying' } : state;
    case 'succeed':
      return state.name === 'verifying' ? { name: 'success' } : state;
    case 'activation_lost':
      return state.name === 'prompting' ? { name: 'tap_again' } : state;
    case 'fail':
      if (!isBusy(state)) return state;
      return isUnavailable(action.code)
        ? { name: 'unavailable', code: action.code, reason: action.reason }
        : { name: 'ready', note: action.code };
    case 'abort':
      return isBusy(state) || state.name === 'tap_again' ? { name: 'ready' } : state;
    case 'reset':
      return state.name === 'unavailable' || state.name === 'idle' ? state : { name: 'ready' };
  }
}
