import { type Capabilities } from '../capabilities.js';
import type { Phase } from '../ceremony.js';
import { Client } from '../client.js';
import { MasterKey2Error } from '../errors.js';
import type { MessageKey, Messages } from '../i18n/en.js';
import { type Action, type State } from '../machine.js';
import { type Mode } from '../mode.js';
import { type Probe } from '../probe.js';
import { HTMLElementBase } from './dom.js';
import { type ViewActions, type ViewModel } from './view.js';
export type CeremonyArguments = [
    client: Client,
    onPhase: (phase: Phase) => void,
    signal: AbortSignal
];
/**
 * What all elements share: attributes, state machine, view, events.
 *
 * `success` and `error` neither bubble nor leave the shadow tree around the element: a bubbling
 * `error` would reach window.onerror. `mk2-state` does both.
 */
export declare abstract class MasterKey2Element<Result> extends HTMLElementBase {
    #private;
    /** Address of the MasterKey2 server. */
    apiBaseUrl: string;
    token: string;
    disabled: boolean;
    /** Limit of one request in ms. */
    timeout: number;
    protected capabilities: Capabilities;
    protected mode: Mode | undefined;
    protected internals: ElementInternals | undefined;
    constructor();
    /**
     * idle, unavailable, ready, preparing, prompting, verifying, tap_again or success; of a QR code
     * qr_starting, qr_pending, qr_scanned, qr_confirm, qr_expired, qr_denied or qr_failed.
     */
    get state(): State['name'];
    /** Texts of this element alone, by key; they win over those of its language. Property only. */
    get messages(): Partial<Messages> | undefined;
    set messages(value: Partial<Messages> | undefined);
    focus(options?: FocusOptions): void;
    /** Ends a running ceremony quietly. */
    cancel(): void;
    /** Takes notes away and makes the element ready for another ceremony. */
    reset(): void;
    connectedCallback(): void;
    /** Moving the element within one turn ends nothing; taking it away does. */
    disconnectedCallback(): void;
    attributeChangedCallback(name: string, before: string | null, after: string | null): void;
    /** What the element was told is another now: it begins anew. */
    protected changed(): void;
    /** For elements that belong to a form. */
    formDisabledCallback(disabled: boolean): void;
    protected abstract readonly labelKey: MessageKey;
    protected abstract readonly doneKey: MessageKey;
    /** What the attributes and the server have said, for the mode rules. */
    protected abstract inspect(): Partial<Probe>;
    /** Fetches what can be had before the click. Called often; does nothing when it has it. */
    protected abstract warm(client: Client): Promise<void>;
    /** Drops what was fetched before: an attribute has changed. */
    protected abstract forget(): void;
    /** The whole ceremony, from the press on. */
    protected abstract perform(...ceremony: CeremonyArguments): Promise<Result>;
    /** What the visitor can do besides pressing the button. */
    protected actions(): Partial<ViewActions>;
    /** Changes what is seen. */
    protected arrange(_model: ViewModel, _state: State): void;
    /** Success has been told: the last step, unless the page has prevented it. */
    protected conclude(_detail: Result): void;
    /** Another way of signing in takes over, or everything ends. */
    protected interrupt(): void;
    /** A ceremony is over, however it went. */
    protected settled(): void;
    /** Waiting for the visitor begins: nothing runs, the button is there. */
    protected wait(): void;
    /** … and ends. */
    protected rest(): void;
    /** Whether nothing may begin. */
    protected get barred(): boolean;
    protected say(key: MessageKey, values?: Readonly<Record<string, string>>): string;
    /** Runs a ceremony, if nothing stands against it; the events tell how it ended. */
    protected start(perform?: (...ceremony: CeremonyArguments) => Promise<Result>): Promise<void>;
    protected client(): Client;
    protected succeed(detail: Result): void;
    protected fail(error: MasterKey2Error, type?: 'fail' | 'qr_end'): void;
    /** Applies the mode rules to what is known by now; false when they leave nothing to do here. */
    protected choose(): boolean;
    protected dispatch(action: Action): void;
    protected render(): void;
}
