import type { Phase } from '../ceremony.js';
import { Client, DEFAULT_TIMEOUT_MS } from '../client.js';
import { CeremonyAborted, isUnavailable, MasterKey2Error } from '../errors.js';
import { errorDetail } from '../events.js';
import type { MessageKey } from '../i18n/en.js';
import { errorText } from '../i18n/error_text.js';
import { loadLanguage } from '../i18n/load.js';
import { message } from '../i18n/messages.js';
import { IDLE, isBusy, reduce, type Action, type State } from '../machine.js';
import { chooseMode, type Mode } from '../mode.js';
import { probePage } from '../probe.js';
import { ownerText } from './owner_text.js';
import { createView, type ViewModel } from './view.js';

export type CeremonyArguments = [
  client: Client,
  onPhase: (phase: Phase) => void,
  signal: AbortSignal,
];

/** Importing the elements where there is no DOM must not throw. */
const HTMLElementBase = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

/** A refusal that comes sooner after a call without user activation was not the visitor's, ms. */
const INSTANT_MS = 1_000;

/**
 * What both elements share: attributes, state machine, view, events.
 *
 * `success` and `error` neither bubble nor leave the shadow tree around the element: a bubbling
 * `error` would reach window.onerror. `mk2-state` does both.
 */
export abstract class MasterKey2Element<Result> extends HTMLElementBase {
  #state: State = IDLE;
  #show: ((model: ViewModel) => void) | undefined;
  #internals: ElementInternals | undefined;
  #run: AbortController | undefined;
  #scheduled = false;
  /** Counts what the attributes have said: an answer to an older question is dropped. */
  #edition = 0;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    this.#show = createView(root, () => void this.start());
    this.#internals = this.attachInternals?.();
    for (const type of ['pointerenter', 'focusin']) {
      this.addEventListener(type, () => this.#warm());
    }
  }

  /** idle, unavailable, ready, preparing, prompting, verifying, tap_again or success. */
  get state(): State['name'] {
    return this.#state.name;
  }

  get apiBaseUrl(): string {
    return this.getAttribute('api-base-url') ?? '';
  }
  set apiBaseUrl(value: string) {
    this.setAttribute('api-base-url', value);
  }

  get token(): string {
    return this.getAttribute('token') ?? '';
  }
  set token(value: string) {
    this.setAttribute('token', value);
  }

  get disabled(): boolean {
    return this.hasAttribute('disabled');
  }
  set disabled(value: boolean) {
    this.toggleAttribute('disabled', value);
  }

  /** Limit of one request in ms. */
  get timeout(): number {
    const value = Number(this.getAttribute('timeout') ?? Number.NaN);
    return value > 0 ? value : DEFAULT_TIMEOUT_MS;
  }
  set timeout(value: number) {
    this.setAttribute('timeout', String(value));
  }

  override focus(options?: FocusOptions): void {
    this.shadowRoot?.querySelector<HTMLElement>('button, .panel')?.focus(options);
  }

  /** Ends a running ceremony quietly. */
  cancel(): void {
    this.#run?.abort();
    this.#run = undefined;
    this.settled();
    this.#dispatch({ type: 'abort' });
  }

  /** Takes notes away and makes the element ready for another ceremony. */
  reset(): void {
    this.cancel();
    this.#dispatch({ type: 'reset' });
  }

  connectedCallback(): void {
    for (const name of ['apiBaseUrl', 'token', 'disabled', 'timeout', ...this.ownProperties()]) {
      this.#adopt(name);
    }
    this.#render();
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
    if (name === 'disabled' || name === 'lang') {
      this.#render();
      if (name === 'lang') this.#translate();
      else if (this.#state.name === 'ready') this.wait();
      return;
    }
    this.#edition++;
    this.forget();
    if (this.isConnected) this.#schedule();
  }

  protected abstract readonly labelKey: MessageKey;
  protected abstract readonly doneKey: MessageKey;
  /** Properties to take over that were set before the element was defined. */
  protected abstract ownProperties(): string[];
  /** Name of the required attribute that is absent, or of one whose address is unusable. */
  protected abstract inspect(): { missing?: string; badUrl?: string };
  /** Fetches what can be had before the click. Called often; does nothing when it has it. */
  protected abstract warm(client: Client): Promise<void>;
  /** Drops what was fetched before: an attribute has changed. */
  protected abstract forget(): void;
  /** The whole ceremony, from the press on. */
  protected abstract perform(...ceremony: CeremonyArguments): Promise<Result>;

  /** A ceremony is over, however it went. */
  protected settled(): void {}
  /** Waiting for the visitor begins: nothing runs, the button is there. */
  protected wait(): void {}
  /** … and ends. */
  protected rest(): void {}

  /** Runs a ceremony, if nothing stands against it; the events tell how it ended. */
  protected async start(
    perform = (...ceremony: CeremonyArguments): Promise<Result> => this.perform(...ceremony),
  ): Promise<void> {
    const before = this.#state;
    if (this.disabled) return;
    this.#dispatch({ type: 'start' });
    if (this.#state === before) return;
    const run = new AbortController();
    this.#run = run;
    let prompted = { active: true, at: 0 };
    const onPhase = (phase: Phase): void => {
      if (run.signal.aborted) return;
      if (phase === 'prompting') {
        const active = navigator.userActivation?.isActive ?? true;
        prompted = { active, at: performance.now() };
        this.#dispatch({ type: 'prompt' });
      } else if (phase === 'verifying') {
        this.#dispatch({ type: 'verify' });
      }
    };
    try {
      const detail = await perform(this.client(), onPhase, run.signal);
      if (run.signal.aborted) return;
      this.settled();
      this.#dispatch({ type: 'succeed' });
      this.dispatchEvent(new CustomEvent('success', { detail }));
    } catch (thrown) {
      if (run.signal.aborted) return;
      // Safari forgets the click while a request is under way: one more press, options in hand.
      const lost =
        isCancel(thrown) &&
        !prompted.active &&
        before.name !== 'tap_again' &&
        performance.now() - prompted.at < INSTANT_MS;
      if (lost) {
        this.#dispatch({ type: 'activation_lost' });
        return;
      }
      this.settled();
      if (thrown instanceof CeremonyAborted) this.#dispatch({ type: 'abort' });
      else this.#fail(asError(thrown));
    } finally {
      if (this.#run === run) this.#run = undefined;
    }
  }

  protected client(): Client {
    return new Client({ apiBaseUrl: this.apiBaseUrl, timeout: this.timeout });
  }

  #fail(error: MasterKey2Error): void {
    const { code, reason } = error;
    this.#dispatch({ type: 'fail', code, reason });
    this.#report(error);
  }

  #report(error: MasterKey2Error): void {
    error.message = errorText(error.code, this.#language());
    if (this.hasAttribute('debug')) console.debug('[masterkey2]', error.code, error.reason);
    this.dispatchEvent(new CustomEvent('error', { detail: errorDetail(error) }));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A task, not a microtask: the page may attach its listeners first.
    setTimeout(() => {
      this.#scheduled = false;
      if (this.isConnected && !isBusy(this.#state)) this.#evaluate();
    });
  }

  #evaluate(): void {
    const mode = chooseMode(probePage({ apiBaseUrl: this.apiBaseUrl, ...this.inspect() }));
    if (mode.mode === 'button') {
      if (this.#state.name === 'ready') this.wait();
      this.#dispatch({ type: 'usable' });
      this.#warm();
    } else {
      this.#refuse(mode);
    }
  }

  #refuse({ code, reason, name }: Exclude<Mode, { mode: 'button' }>): void {
    const now = this.#state;
    // Said once, however many attributes change meanwhile.
    if (now.name === 'unavailable' && now.reason === reason && now.about === name) return;
    this.#dispatch({ type: 'unusable', code, reason, about: name });
    this.#report(new MasterKey2Error(code, { reason, hint: name }));
  }

  /** Options in hand before the click keep the click's user activation for the dialogue. */
  #warm(): void {
    if (this.#state.name !== 'ready' || this.disabled) return;
    const edition = this.#edition;
    this.warm(this.client()).catch((thrown: unknown) => {
      // What may pass is left to the click; what cannot is shown at once.
      if (!(thrown instanceof MasterKey2Error) || !isUnavailable(thrown.code)) return;
      if (this.#state.name !== 'ready' || edition !== this.#edition || !this.isConnected) return;
      this.#dispatch({ type: 'unusable', code: thrown.code, reason: thrown.reason });
      this.#report(thrown);
    });
  }

  #dispatch(action: Action): void {
    const previous = this.#state;
    const next = reduce(previous, action);
    if (next === previous) return;
    this.#state = next;
    this.#internals?.states?.delete(previous.name);
    this.#internals?.states?.add(next.name);
    this.#render();
    if (next.name === previous.name) return;
    if (previous.name === 'ready') this.rest();
    if (next.name === 'ready') this.wait();
    this.dispatchEvent(
      new CustomEvent('mk2-state', {
        detail: { state: next.name, previous: previous.name },
        bubbles: true,
        composed: true,
      }),
    );
  }

  #render(): void {
    const language = this.#language();
    const say = (key: MessageKey): string => message(key, language);
    const state = this.#state;
    const note = state.name === 'ready' ? state.note : undefined;
    const quiet = note === 'user_cancelled' || note === 'already_registered';
    this.#show?.({
      label: say(this.labelKey),
      busy: isBusy(state),
      disabled: this.disabled,
      status: note && quiet ? errorText(note, language) : this.#progress(say),
      error: note && !quiet ? errorText(note, language) : '',
      panel:
        state.name === 'unavailable'
          ? {
              title: say('panel_title'),
              text: errorText(state.code, language),
              owner: ownerText(state, language),
            }
          : undefined,
    });
  }

  /** The view speaks English until the texts have arrived. */
  #translate(): void {
    void loadLanguage(this.#language()).then((arrived) => {
      if (arrived) this.#render();
    });
  }

  #progress(say: (key: MessageKey) => string): string {
    switch (this.#state.name) {
      case 'preparing':
      case 'prompting':
      case 'verifying':
      case 'tap_again':
        return say(this.#state.name);
      case 'success':
        return say(this.doneKey);
      default:
        return '';
    }
  }

  #language(): string {
    return this.closest<HTMLElement>('[lang]')?.lang || navigator.language || 'en';
  }

  /** A property set on the element before its class was known hides the accessor: move it over. */
  #adopt(name: string): void {
    if (!Object.hasOwn(this, name)) return;
    const self = this as unknown as Record<string, unknown>;
    const value = self[name];
    delete self[name];
    self[name] = value;
  }
}

function isCancel(thrown: unknown): boolean {
  return thrown instanceof MasterKey2Error && thrown.code === 'user_cancelled';
}

function asError(thrown: unknown): MasterKey2Error {
  return thrown instanceof MasterKey2Error
    ? thrown
    : new MasterKey2Error('authenticator_error', { cause: thrown });
}
