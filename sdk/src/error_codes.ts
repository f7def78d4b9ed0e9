/** Codes of the REST API. A test holds them against the server's table. */
export const SERVER_CODES = [
  'invalid_request',
  'invalid_json',
  'invalid_encoding',
  'invalid_external_id',
  'invalid_path',
  'missing_api_key',
  'invalid_api_key',
  'missing_token',
  'invalid_token',
  'token_expired',
  'token_revoked',
  'wrong_token_type',
  'user_disabled',
  'origin_not_allowed',
  'api_key_in_browser',
  'scope_missing',
  'not_found',
  'user_not_found',
  'credential_not_found',
  'method_not_allowed',
  'ceremony_used',
  'token_used',
  'credential_exists',
  'credential_limit',
  'auth_ambiguous',
  'already_verified',
  'rotation_pending',
  'idempotency_conflict',
  'cross_device_claimed',
  'ceremony_expired',
  'cross_device_expired',
  'body_too_large',
  'unsupported_media_type',
  'verification_failed',
  'rate_limited',
  'internal',
  'storage_unavailable',
  'overloaded',
] as const;

/** Codes that only the SDK makes. */
export const SDK_CODES = [
  'user_cancelled',
  'server_unreachable',
  'configuration_error',
  'insecure_context',
  'not_supported',
  'timeout',
  'already_registered',
  'qr_expired',
  'qr_denied',
  'qr_code_mismatch',
  'prf_unavailable',
  'authenticator_error',
  'assertion_failed',
] as const;

export type ServerCode = (typeof SERVER_CODES)[number];
export type SdkCode = (typeof SDK_CODES)[number];
export type ErrorCode = ServerCode | SdkCode;

/**
 * Whether `word` has the form of a code. The lists are not asked: a newer server may have codes that
 * this SDK has no sentence for.
 */
export function isErrorCode(word: unknown): word is ErrorCode {
  return typeof word === 'string' && /^[a-z_]{3,40}$/.test(word);
}
