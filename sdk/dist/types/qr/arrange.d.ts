import type { MessageKey } from '../i18n/en.js';
import type { State } from '../machine.js';
import type { ViewModel } from '../elements/view.js';
/** The sign-in on a phone, as far as it can be seen. */
export interface Phone {
    /** A session lives. */
    readonly running: boolean;
    readonly rows: boolean[][] | undefined;
    /** Until the code expires. */
    readonly secondsLeft: number;
}
type Say = (key: MessageKey, values?: Readonly<Record<string, string>>) => string;
/** Adds to `model` what a sign-in on a phone shows in this state. */
export declare function arrangeQr(model: ViewModel, state: State, phone: Phone, say: Say): void;
export {};
