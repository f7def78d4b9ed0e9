import type { Shown } from './api.js';
import type { PhoneKey, Texts } from './texts.js';
type Press = () => void | Promise<void>;
type Values = Readonly<Record<string, string>>;
/** Draws the page, one screen at a time, from text alone. */
export declare class View {
    private readonly root;
    private readonly texts;
    private timer;
    constructor(root: Element, texts: Texts);
    busy(key: PhoneKey): void;
    ask(shown: Shown, press: {
        go: Press;
        no: Press;
    }): void;
    again(key: PhoneKey, press: {
        go: Press;
        no: Press;
    }): void;
    code(code: string, rpId: string, press: {
        no: Press;
    }): void;
    /** The end. `owner`: what the people who run the site have to mend. */
    over(key: PhoneKey, values?: Values, owner?: PhoneKey): void;
    /** Calls `end` after so many seconds, unless another countdown or the end comes first. */
    countDown(seconds: number, end: () => void): void;
    private screen;
    private fact;
    private buttons;
}
export {};
