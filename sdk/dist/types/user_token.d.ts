import { type Fetch } from './client.js';
/**
 * Asks the site's own endpoint for a user token, with the site's cookies.
 *
 * `url` must be on the page's origin. Answers `userToken`, `user_token` or `token`. A failing
 * answer may hand on some of the server's codes in `code`; any other answer is `assertion_failed`, whose
 * reason is `http_<status>`, `not_json` or `no_token`.
 */
export declare function fetchUserToken(url: string, options: {
    timeout: number;
    fetch: Fetch;
    method?: 'GET' | 'POST';
    signal?: AbortSignal | undefined;
}): Promise<string>;
