import type { MessageKey } from '../i18n/en.js';
import type { State } from '../machine.js';
import type { ViewModel } from '../elements/view.js';
import { createQrView } from './view.js';

/** The sign-in on a phone, as far as it can be seen. */
export interface Phone {
  /** A session lives. */
  readonly running: boolean;
  readonly rows: boolean[][] | undefined;
  /** Until the code expires. */
  readonly secondsLeft: number;
}

type Say = (key: MessageKey, values?: Readonly<Record<string, string>>) => string;

/** A code that lives no longer than this is about to expire: said once, s. */
const SOON_S = 60;

/** Adds to `model` what a sign-in on a phone shows in this state. */
export function arrangeQr(model: ViewModel, state: State, phone: Phone, say: Say): void {
  const { name } = state;
  const pending = name === 'qr_pending';
  const confirm = name === 'qr_confirm';
  const over = /^qr_(expired|denied|failed)$/.test(name);
  const typing = confirm || (name === 'verifying' && phone.running);
  const seconds = phone.secondsLeft;
  if (pending && !state.note && seconds <= SOON_S) model.status = say('qr_soon');
  if (confirm && state.note === 'qr_code_mismatch') {
    const { attemptsLeft } = state;
    model.error =
      attemptsLeft === undefined
        ? say('qr_digits')
        : say('qr_tries', { count: String(attemptsLeft) });
  }
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  model.qr = {
    create: createQrView,
    rows: pending ? phone.rows : undefined,
    name: say('qr_name'),
    caption: pending || name === 'qr_starting' || name === 'ready' ? say('qr_caption') : '',
    time: phone.rows ? say('qr_time', { time }) : '',
    refresh: over ? say('qr_refresh') : '',
    waiting: name === 'qr_starting' || name === 'qr_scanned',
    form: typing
      ? {
          label: say('qr_code'),
          submit: say('qr_submit'),
          busy: !confirm,
          invalid: confirm && state.note !== undefined,
        }
      : undefined,
  };
}
