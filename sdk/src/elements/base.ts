import { readCapabilities, type Capabilities } from '../capabilities.js';
import type { Phase } from '../ceremony.js';
import { Client, DEFAULT_TIMEOUT_MS } from '../client.js';
import type { ErrorCode } from '../error_codes.js';
import { CeremonyAborted, isUnavailable, MasterKey2Error } from '../errors.js';
import { errorDetail } from '../events.js';
import type { MessageKey, Messages } from '../i18n/en.js';
import { errorText } from '../i18n/error_text.js';
import { loadLanguage } from '../i18n/load.js';
import { fill, message } from '../i18n/messages.js';
import { IDLE, isBusy, isCodeOpen, isWaiting, reduce, type Action, type State } from '../machine.js';
import { chooseMode, type Mode } from '../mode.js';
import { probePage, type Probe } from '../probe.js';
import { INSTANT_MS } from '../prompt.js';
import { showState } from './custom_states.js';
import { HTMLElementBase } from './dom.js';
import { asError, isCancel, QUIET } from './failures.js';
import { ownerText } from './owner_text.js';
import { reflect } from './reflect.js';
import { createView, type ViewActions, type ViewModel } from './view.js';

export type CeremonyArguments = [
  client: Client,
  onPhase: (phase: Phase) => void,
  signal: AbortSignal,
];

/**
 * What all elements share: attributes, state machine, view, events.
 *
 * `success` and `error` neither bubble nor leave the shadow tree around the element: a bubbling
 * `error` would reach window.onerror. `mk2-state` does both.
 */
export abstract class MasterKey2Element<Result> extends HTMLElementBase {
  /** Address of the MasterKey2 server. */
  declare apiBaseUrl: string;
  declare token: string;
  declare disabled: boolean;
  /** Limit of one request in ms. */
  declare timeout: number;
  protected capabilities: Capabilities = {};
  protected mode: Mode | undefined;
  protected internals: ElementInternals | undefined;
  static {
    reflect(this.prototype, {
      apiBaseUrl: String,
      token: String,
      disabled: Boolean,
      timeout: DEFAULT_TIMEOUT_MS,
    });
  }
  #state: State = IDLE;
  #show: (model: ViewModel) => void;
  #messages: Partial<Messages> | undefined;
  #run: AbortController | undefined;
  #scheduled = false;
  /** A fieldset around the element is disabled. */
  #barred = false;
  /** Counts what the attributes have said: an answer to an older question is dropped. */
  #edition = 0;

  constructor() {
    super();
    this.#show = createView(this.attachShadow({ mode: 'open' }), {
      press: () => void this.start(),
      ...this.actions(),
    });
    this.internals = this.attachInternals?.();
    for (const type of ['pointerenter', 'focusin']) {
      this.addEventListener(type, () => this.#warm());
    }
  }

  /**
   * idle, unavailable, ready, preparing, prompting, verifying, tap_again or success; of a QR code
   * qr_starting, qr_pending, qr_scanned, qr_confirm, qr_expired, qr_denied or qr_failed.
   */
  get state(): State['name'] {
    return this.#state.name;
  }

  /** Texts of this element alone, by key; they win over those of its language. Property only. */
  get messages(): Partial<Messages> | undefined {
    return this.#messages;
  }
  set messages(value: Partial<Messages> | undefined) {
    this.#messages = value;
    this.render();
  }

  override focus(options?: FocusOptions): void {
    this.shadowRoot?.querySelector<HTMLElement>('button, .panel')?.focus(options);
  }

  /** Ends a running ceremony quietly. */
  cancel(): void {
    this.#run?.abort();
    this.#run = undefined;
    this.interrupt();
    this.settled();
    this.dispatch({ type: 'abort' });
  }

  /** Takes notes away and makes the element ready for another ceremony. */
  reset(): void {
    this.cancel();
    this.dispatch({ type: 'reset' });
  }

  connectedCallback(): void {
    // A property set before the class was known hides the accessor: it is moved over.
    const own = this as unknown as Record<string, unknown>;
    for (const name of Object.keys(own).filter((key) => key in Object.getPrototypeOf(own))) {
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
    this.render();
    this.#translate();
    this.#schedule();
  }

  /** Moving the element within one turn ends nothing; taking it away does. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.cancel();
      this.rest();
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === 'lang') {
      this.render();
      this.#translate();
    } else if (name === 'disabled') {
      this.#able();
    } else {
      this.changed();
    }
  }

  /** What the element was told is another now: it begins anew. */
  protected changed(): void {
    this.#edition++;
    this.forget();
    if (!this.isConnected) return;
    if (isCodeOpen(this.#state)) this.cancel();
    this.#schedule();
  }

  /** For elements that belong to a form. */
  formDisabledCallback(disabled: boolean): void {
    this.#barred = disabled;
    this.#able();
  }

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
  protected actions(): Partial<ViewActions> {
    return {};
  }
  /** Changes what is seen. */
  protected arrange(_model: ViewModel, _state: State): void {}
  /** Success has been told: the last step, unless the page has prevented it. */
  protected conclude(_detail: Result): void {}
  /** Another way of signing in takes over, or everything ends. */
  protected interrupt(): void {}
  /** A ceremony is over, however it went. */
  protected settled(): void {}
  /** Waiting for the visitor begins: nothing runs, the button is there. */
  protected wait(): void {}
  /** … and ends. */
  protected rest(): void {}
  /** Whether nothing may begin. */
  protected get barred(): boolean {
    return this.disabled || this.#barred || !this.isConnected;
  }

  protected say(key: MessageKey, values?: Readonly<Record<string, string>>): string {
    const own = this.#messages?.[key];
    return own === undefined ? message(key, this.#language(), values) : fill(own, values);
  }

  /** Runs a ceremony, if nothing stands against it; the events tell how it ended. */
  protected async start(
    perform = (...ceremony: CeremonyArguments): Promise<Result> => this.perform(...ceremony),
  ): Promise<void> {
    const before = this.#state;
    if (this.barred) return;
    this.dispatch({ type: 'start' });
    if (this.#state === before) return;
    this.interrupt();
    const run = new AbortController();
    this.#run = run;
    let prompted = { active: true, at: 0 };
    const onPhase = (phase: Phase): void => {
      if (run.signal.aborted) return;
      if (phase === 'prompting') {
        const active = navigator.userActivation?.isActive ?? true;
        prompted = { active, at: performance.now() };
        this.dispatch({ type: 'prompt' });
      } else if (phase === 'verifying') {
        this.dispatch({ type: 'verify' });
      }
    };
    try {
      const detail = await perform(this.client(), onPhase, run.signal);
      if (run.signal.aborted) return;
      this.settled();
      this.succeed(detail);
    } catch (thrown) {
      if (run.signal.aborted) return;
      // Safari forgets the click while a request is under way: one more press, options in hand.
      const lost =
        isCancel(thrown) &&
        !prompted.active &&
        before.name !== 'tap_again' &&
        performance.now() - prompted.at < INSTANT_MS;
      if (lost) {
        this.dispatch({ type: 'activation_lost' });
        return;
      }
      this.settled();
      if (thrown instanceof CeremonyAborted) this.dispatch({ type: 'abort' });
      else this.fail(asError(thrown));
    } finally {
      if (this.#run === run) this.#run = undefined;
    }
  }

  protected client(): Client {
    return new Client({ apiBaseUrl: this.apiBaseUrl, timeout: this.timeout });
  }

  protected succeed(detail: Result): void {
    this.dispatch({ type: 'succeed' });
    const told = new CustomEvent('success', { detail, cancelable: true });
    if (this.dispatchEvent(told)) this.conclude(detail);
  }

  protected fail(error: MasterKey2Error, type: 'fail' | 'qr_end' = 'fail'): void {
    const { code, reason } = error;
    this.dispatch({ type, code, reason });
    this.#report(error);
  }

  #report(error: MasterKey2Error): void {
    error.message = this.#errorText(error.code);
    if (this.hasAttribute('debug')) console.debug('[masterkey2]', error.code, error.reason);
    this.dispatchEvent(new CustomEvent('error', { detail: errorDetail(error) }));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A task, not a microtask: the page may attach its listeners first.
    setTimeout(() => {
      this.#scheduled = false;
      void this.#evaluate();
    });
  }

  async #evaluate(): Promise<void> {
    const edition = this.#edition;
    this.capabilities = await readCapabilities();
    if (edition !== this.#edition || !this.isConnected || isBusy(this.#state)) return;
    if (!this.choose()) return;
    if (this.#state.name === 'ready') this.wait();
    this.dispatch({ type: 'usable' });
    this.#warm();
  }

  /** Applies the mode rules to what is known by now; false when they leave nothing to do here. */
  protected choose(): boolean {
    const { apiBaseUrl } = this;
    const mode = chooseMode(probePage({ apiBaseUrl, ...this.capabilities, ...this.inspect() }));
    this.mode = mode;
    const refused = 'code' in mode;
    if (refused) this.#refuse(mode);
    else this.render();
    return !refused;
  }

  #able(): void {
    this.render();
    if (this.barred && isCodeOpen(this.#state)) this.cancel();
    else if (isWaiting(this.#state)) this.wait();
  }

  #refuse({ code, reason, name }: Extract<Mode, { code: ErrorCode }>): void {
    const now = this.#state;
    // Said once, however many attributes change meanwhile.
    if (now.name === 'unavailable' && now.reason === reason && now.about === name) return;
    this.interrupt();
    this.dispatch({ type: 'unusable', code, reason, about: name });
    this.#report(new MasterKey2Error(code, { reason, hint: name }));
  }

  /** Options in hand before the click keep the click's user activation for the dialogue. */
  #warm(): void {
    if (!isWaiting(this.#state) || this.barred) return;
    const edition = this.#edition;
    this.warm(this.client()).catch((thrown: unknown) => {
      // What may pass is left to the click; what cannot is shown at once.
      if (!(thrown instanceof MasterKey2Error) || !isUnavailable(thrown.code)) return;
      if (!isWaiting(this.#state) || edition !== this.#edition || !this.isConnected) return;
      this.#refuse({ mode: 'configuration', code: thrown.code, reason: thrown.reason ?? '' });
    });
  }

  protected dispatch(action: Action): void {
    const previous = this.#state;
    const next = reduce(previous, action);
    if (next === previous) return;
    this.#state = next;
    showState(this.internals?.states, previous, next);
    this.render();
    if (next.name === previous.name) return;
    if (isWaiting(previous) && !isWaiting(next)) this.rest();
    this.dispatchEvent(
      new CustomEvent('mk2-state', {
        detail: { state: next.name, previous: previous.name },
        bubbles: true,
        composed: true,
      }),
    );
    if (this.#state !== next || !isWaiting(next)) return;
    if (next.name === 'ready' || !isWaiting(previous)) this.wait();
  }

  protected render(): void {
    const state = this.#state;
    const note = 'note' in state ? state.note : undefined;
    const quiet = note !== undefined && QUIET.has(note);
    const model: ViewModel = {
      label: this.say(this.labelKey),
      busy: isBusy(state),
      disabled: this.disabled || this.#barred,
      status: note && quiet ? this.#errorText(note) : this.#progress(),
      error: note && !quiet ? this.#errorText(note) : '',
      panel:
        state.name === 'unavailable'
          ? {
              title: this.say('panel_title'),
              text: this.#errorText(state.code),
              owner: ownerText(state, this.#language()),
            }
          : undefined,
      button: 'first',
      alternative: undefined,
      qr: undefined,
    };
    this.arrange(model, state);
    this.#show(model);
  }

  /** The view speaks English until the texts have arrived. */
  #translate(): void {
    void loadLanguage(this.#language()).then((arrived) => {
      if (arrived) this.render();
    });
  }

  #progress(): string {
    switch (this.#state.name) {
      case 'preparing':
      case 'prompting':
      case 'verifying':
      case 'tap_again':
      case 'qr_scanned':
      case 'qr_confirm':
        return this.say(this.#state.name);
      case 'success':
        return this.say(this.doneKey);
      default:
        return '';
    }
  }

  #errorText(code: ErrorCode): string {
    return this.#messages?.[`error.${code}` as MessageKey] ?? errorText(code, this.#language());
  }

  #language(): string {
    return this.closest<HTMLElement>('[lang]')?.lang || navigator.language || 'en';
  }
}
