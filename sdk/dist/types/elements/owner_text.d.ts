import type { State } from '../machine.js';
/** What the site's owner can do about an amber panel; empty where it is not theirs to mend. */
export declare function ownerText({ code, reason, about }: Extract<State, {
    name: 'unavailable';
}>, language: string): string;
