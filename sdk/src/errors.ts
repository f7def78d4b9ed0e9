import type { ErrorCode } from './error_codes.js';
import { errorText } from './i18n/error_text.js';

export interface ErrorInfo {
  /** What exactly: a step of the verification, or the part of the configuration that is wrong. */
  reason?: string | undefined;
  /** One sentence for developers. Holds no token. */
  hint?: string | undefined;
  /** HTTP status, where a server answered. */
  status?: number | undefined;
  /** `request_id` of the server's answer. */
  requestId?: string | undefined;
  /** Seconds to wait before the next try. */
  retryAfter?: number | undefined;
  /** What the server lets the Signal API tell about this failure. */
  signal?: unknown;
  cause?: unknown;
}

/** Every failure that leaves the SDK. `message` is a sentence for the visitor. */
export class MasterKey2Error extends Error {
  override readonly name = 'MasterKey2Error';
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly hint: string | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  readonly signal: unknown;

  constructor(code: ErrorCode, info: ErrorInfo = {}) {
    super(errorText(code), info.cause === undefined ? undefined : { cause: info.cause });
    this.code = code;
    this.reason = info.reason;
    this.hint = info.hint;
    this.status = info.status;
    this.requestId = info.requestId;
    this.retryAfter = info.retryAfter;
    this.signal = info.signal;
  }

  /** Whether the visitor can try again on this page. */
  get recoverable(): boolean {
    return !isUnavailable(this.code) && !stale.has(this.code) && this.code !== 'user_disabled';
  }
}

/** configuration_error: the people who run the site have to mend it. */
export function misconfigured(reason: string, cause?: unknown): MasterKey2Error {
  return new MasterKey2Error('configuration_error', { reason, cause });
}

/** A ceremony that we ended ourselves: nobody is told. */
export class CeremonyAborted extends Error {
  override readonly name = 'AbortError';
}

const unavailable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'configuration_error',
  'insecure_context',
  'not_supported',
]);

const stale: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['token_expired', 'token_revoked']);

/** Whether the page as it stands can never succeed: the amber panel takes the place of the button. */
export function isUnavailable(code: ErrorCode): boolean {
  return unavailable.has(code);
}
