import { CeremonyAborted, MasterKey2Error, misconfigured } from './errors.js';

/** How far past the options' own timeout we wait for a browser that never answers, in ms. */
const GRACE_MS = 5_000;
/** The authenticator's timeout when the options name none, in ms. */
const DEFAULT_TIMEOUT_MS = 120_000;

let running: { controller: AbortController; ended: Promise<void> } | undefined;

export interface PromptOptions {
  signal?: AbortSignal | undefined;
  /**
   * `conditional`: no dialogue. The browser offers passkeys in the page's own fields and waits for
   * as long as it takes, or makes a passkey without asking where it may.
   */
  mediation?: 'conditional' | undefined;
  /** Shows something only when there is a passkey on this device. */
  immediate?: boolean | undefined;
}

/** A refusal that comes sooner than this was not the visitor's, ms. */
export const INSTANT_MS = 1_000;

type PromptRequest =
  | { publicKey: PublicKeyCredentialCreationOptions }
  | { publicKey: PublicKeyCredentialRequestOptions };

/**
 * Shows the browser's passkey dialogue: navigator.credentials.create or get.
 *
 * One ceremony a document: a newer call ends the older one first, which then rejects with
 * CeremonyAborted; a conditional one steps back instead. Other rejections are MasterKey2Errors.
 */
export async function prompt(
  request: PromptRequest,
  kind: 'create' | 'get',
  { signal, mediation, immediate }: PromptOptions = {},
): Promise<PublicKeyCredential> {
  if (mediation) {
    if (running?.controller.signal.aborted) await running.ended;
    if (running) throw new CeremonyAborted();
  }
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const previous = running;
  let end!: () => void;
  const mine = { controller, ended: new Promise<void>((resolve) => (end = resolve)) };
  running = mine;
  signal?.addEventListener('abort', abort);
  const limit = request.publicKey.timeout ?? DEFAULT_TIMEOUT_MS;
  let overdue = false;
  const giveUp = (): void => {
    overdue = true;
    abort();
  };
  const timer = mediation ? undefined : setTimeout(giveUp, limit + GRACE_MS);
  const started = performance.now();
  try {
    if (previous) {
      previous.controller.abort();
      await previous.ended;
    }
    if (signal?.aborted || controller.signal.aborted) throw new CeremonyAborted();
    const options = {
      ...request,
      signal: controller.signal,
      ...(mediation && { mediation }),
      ...(immediate && { uiMode: 'immediate' }),
    } as CredentialCreationOptions & CredentialRequestOptions;
    const credential = await navigator.credentials[kind](options);
    // Some versions of iOS resolve with null when the visitor cancels.
    if (credential === null) throw new MasterKey2Error('user_cancelled');
    return credential as PublicKeyCredential;
  } catch (error) {
    if (overdue) throw new MasterKey2Error('timeout', { cause: error });
    if (controller.signal.aborted) throw new CeremonyAborted();
    const elapsed = performance.now() - started;
    const code = classify(error, kind, elapsed >= limit * 0.98);
    if (immediate && code.code === 'user_cancelled' && elapsed < INSTANT_MS) {
      throw new MasterKey2Error('credential_not_found', { reason: 'immediate', cause: error });
    }
    throw code;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    if (running === mine) running = undefined;
    end();
  }
}

/** Ends the ceremony that runs in this document, if any. */
export async function abortRunning(): Promise<void> {
  const current = running;
  current?.controller.abort();
  await current?.ended;
}

/**
 * What the browser threw → our code. Cancelling, having no passkey and failing verification are
 * one error by design of the specification, so that sites cannot tell them apart.
 */
export function classify(error: unknown, kind: 'create' | 'get', late: boolean): MasterKey2Error {
  if (error instanceof MasterKey2Error) return error;
  const { name = '', message = '' } = (error ?? {}) as { name?: string; message?: string };
  switch (name) {
    case 'NotAllowedError':
      if (/permissions? policy|feature is not enabled/i.test(message)) {
        return misconfigured('permissions_policy', error);
      }
      return new MasterKey2Error(late ? 'timeout' : 'user_cancelled', { cause: error });
    case 'AbortError':
      return new MasterKey2Error('user_cancelled', { cause: error });
    case 'InvalidStateError':
      return new MasterKey2Error(kind === 'create' ? 'already_registered' : 'authenticator_error', {
        cause: error,
      });
    case 'SecurityError':
      return misconfigured('rp_id_mismatch', error);
    case 'NotSupportedError':
      return new MasterKey2Error('not_supported', { cause: error });
    default:
      return new MasterKey2Error('authenticator_error', { reason: name || undefined, cause: error });
  }
}
