import { parse, request, type Fetch } from './client.js';
import { isErrorCode } from './error_codes.js';
import { MasterKey2Error } from './errors.js';
import { isRecord } from './problem.js';

/** Codes of the server that an endpoint may hand on; its own words are not ours to interpret. */
const passed = /^(user_disabled|credential_limit|rate_limited|overloaded|storage_unavailable)$/;

/**
 * Asks the site's own endpoint for a user token, with the site's cookies.
 *
 * `url` must be on the page's origin. Answers `userToken`, `user_token` or `token`. A failing
 * answer may hand on some of the server's codes in `code`; any other answer is `assertion_failed`, whose
 * reason is `http_<status>`, `not_json` or `no_token`.
 */
export async function fetchUserToken(
  url: string,
  options: {
    timeout: number;
    fetch: Fetch;
    method?: 'GET' | 'POST';
    signal?: AbortSignal | undefined;
  },
): Promise<string> {
  const { response, text } = await request(options.fetch, url, options.timeout, options.signal, {
    method: options.method ?? 'GET',
    headers: { accept: 'application/json' },
    credentials: 'same-origin',
    cache: 'no-store',
  });
  const body = parse(text);
  if (!response.ok) {
    const code = isRecord(body) ? body['code'] : undefined;
    if (isErrorCode(code) && passed.test(code)) throw new MasterKey2Error(code, { status: response.status });
    throw failed(`http_${response.status}`, response.status);
  }
  if (!isRecord(body)) throw failed('not_json', response.status);
  const token = body['userToken'] ?? body['user_token'] ?? body['token'];
  if (typeof token !== 'string' || token === '') throw failed('no_token', response.status);
  return token;
}

function failed(reason: string, status: number): MasterKey2Error {
  return new MasterKey2Error('assertion_failed', {
    reason,
    status,
    hint: 'assertion-url must answer JSON with a member userToken.',
  });
}
