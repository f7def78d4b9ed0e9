import type { Phase } from '../ceremony.js';
import { Client } from '../client.js';
import type { MessageKey } from '../i18n/en.js';
import { type State } from '../machine.js';
export type CeremonyArguments = [
    client: Client,
    onPhase: (phase: Phase) => void,
    signal: AbortSignal
];
/** Importing the elements where there is no DOM must not throw. */
declare const HTMLElementBase: {
    new (): HTMLElement;
    prototype: HTMLElement;
};
/**
 * What both elements share: attributes, state machine, view, events.
 *
 * `success` and `error` neither bubble nor leave the shadow tree around the element: a bubbling
 * `error` would reach window.onerror. `mk2-state` does both.
 */
export declare abstract class MasterKey2Element<Result> extends HTMLElementBase {
    #private;
    constructor();
    /** idle, unavailable, ready, preparing, prompting, verifying, tap_again or success. */
    get state(): State['name'];
    get apiBaseUrl(): string;
    set apiBaseUrl(value: string);
    get token(): string;
    set token(value: string);
    get disabled(): boolean;
    set disabled(value: boolean);
    /** Limit of one request in ms. */
    get timeout(): number;
    set timeout(value: number);
    focus(options?: FocusOptions): void;
    /** Ends a running ceremony quietly. */
    cancel(): void;
    /** Takes notes away and makes the element ready for another ceremony. */
    reset(): void;
    connectedCallback(): void;
    /** Moving the element within one turn ends nothing; taking it away does. */
    disconnectedCallback(): void;
    attributeChangedCallback(name: string, before: string | null, after: string | null): void;
    protected abstract readonly labelKey: MessageKey;
    protected abstract readonly doneKey: MessageKey;
    /** Properties to take over that were set before the element was defined. */
    protected abstract ownProperties(): string[];
    /** Name of the required attribute that is absent, or of one whose address is unusable. */
    protected abstract inspect(): {
        missing?: string;
        badUrl?: string;
    };
    /** Fetches what can be had before the click. Called often; does nothing when it has it. */
    protected abstract warm(client: Client): Promise<void>;
    /** Drops what was fetched before: an attribute has changed. */
    protected abstract forget(): void;
    /** The whole ceremony, from the press on. */
    protected abstract perform(...ceremony: CeremonyArguments): Promise<Result>;
    /** A ceremony is over, however it went. */
    protected settled(): void;
    /** Waiting for the visitor begins: nothing runs, the button is there. */
    protected wait(): void;
    /** … and ends. */
    protected rest(): void;
    /** Runs a ceremony, if nothing stands against it; the events tell how it ended. */
    protected start(perform?: (...ceremony: CeremonyArguments) => Promise<Result>): Promise<void>;
    protected client(): Client;
}
export {};
