import { isErrorCode, type ErrorCode } from './error_codes.js';
import { MasterKey2Error, type ErrorInfo } from './errors.js';

/** Begins `type` of every problem of the server, whatever its code. */
const TYPE = 'urn:masterkey2:error:';

/** Refusals that only the people who run the site can mend. */
const misconfigured: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'origin_not_allowed',
  'missing_token',
  'invalid_token',
  'wrong_token_type',
]);

/** On the few routes that the SDK calls, these mean that api-base-url leads elsewhere. */
const elsewhere: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'not_found',
  'method_not_allowed',
  'invalid_path',
]);

/**
 * Turns an answer that is no success into an error.
 *
 * `body`: the parsed JSON, undefined when the body is not JSON. An answer that is not in the
 * server's own form comes from something else at that address.
 */
export function errorFromAnswer(
  status: number,
  body: unknown,
  retryAfter: string | null,
): MasterKey2Error {
  const problem = isRecord(body) ? body : {};
  const info: ErrorInfo = {
    status,
    requestId: text(problem['request_id']),
    retryAfter: seconds(retryAfter),
    reason: text(problem['reason']),
    hint: text(problem['detail']),
    signal: problem['signal'],
  };
  const code = problem['code'];
  // Said by what stands in front of the server, whatever its body is made to look like.
  if (status === 502 || status === 504) return new MasterKey2Error('server_unreachable', info);
  if (isErrorCode(code) && problem['type'] === TYPE + code && !elsewhere.has(code)) {
    return misconfigured.has(code)
      ? new MasterKey2Error('configuration_error', { ...info, reason: code })
      : new MasterKey2Error(code, info);
  }
  if (status === 429) return new MasterKey2Error('rate_limited', info);
  if (status === 408 || status === 503) {
    return new MasterKey2Error('server_unreachable', info);
  }
  if (status >= 500) return new MasterKey2Error('internal', info);
  return new MasterKey2Error('configuration_error', {
    ...info,
    reason: 'bad_answer',
    hint: 'What answers at api-base-url is not a MasterKey2 server.',
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Retry-After in seconds; its date form is left out. */
function seconds(value: string | null): number | undefined {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}
