// The calls from this site's server to the MasterKey2 server.
import { refusal } from './http.mjs';

const TIMEOUT_MS = 10_000;

export class MasterKey2Server {
  #apiKey;

  constructor(url, apiKey) {
    this.url = url.replace(/\/+$/, '');
    this.origin = new URL(url).origin;
    this.#apiKey = apiKey;
  }

  /** A token that names the tenant and no user: safe in a page. */
  async createSessionToken() {
    return (await this.#post('/session-token')).session_token;
  }

  /** A token with which this user may register one passkey in the next 30 seconds. */
  async createUserToken(externalId, displayName) {
    const body = { external_id: externalId, display_name: displayName, ttl: 30 };
    return (await this.#post('/user-token', body)).user_token;
  }

  /** Who signed in: { verified, user, auth }. undefined when the token is refused. */
  async verifyAuth(token) {
    try {
      return await this.#post('/verify-auth', { token });
    } catch (error) {
      if (error.refused) return undefined;
      throw error;
    }
  }

  async #post(path, body) {
    let response;
    let answer;
    try {
      response = await fetch(`${this.url}/api/v1${path}`, {
        method: 'POST',
        headers: { 'X-API-KEY': this.#apiKey, ...(body && { 'Content-Type': 'application/json' }) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      answer = await response.json();
    } catch (cause) {
      throw Object.assign(refusal(503, 'server_unreachable'), { cause });
    }
    if (response.ok) return answer;
    // 5xx is the server's trouble; the rest are refusals that the caller may explain.
    const status = response.status >= 500 ? 503 : answer.code === 'user_disabled' ? 403 : 502;
    throw Object.assign(refusal(status, answer.code), { refused: response.status < 500 });
  }
}
