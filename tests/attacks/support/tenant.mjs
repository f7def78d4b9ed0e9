// A tenant: its server, which has the key, and its visitors, whose pages have tokens.
import assert from 'node:assert/strict';
import { Authenticator } from '../../docs/support/authenticator.mjs';

let users = 0;

export class Tenant {
  #target;

  constructor(target, { id, apiKey, rpId, origin }) {
    this.#target = target;
    Object.assign(this, { id, apiKey, rpId, origin });
  }

  /** A call of the tenant's server. */
  call(method, path, json, more = {}) {
    return this.#target.ask(method, path, { key: this.apiKey, json, ...more });
  }

  /** A call of a page. */
  page(method, path, bearer, json, more = {}) {
    return this.#target.ask(method, path, { bearer, origin: this.origin, json, ...more });
  }

  async sessionToken(json) {
    return granted(await this.call('POST', '/session-token', json)).session_token;
  }

  async userToken(externalId, more = {}) {
    return granted(await this.call('POST', '/user-token', { external_id: externalId, ...more })).user_token;
  }

  /** A user whom nobody has named before, with one passkey: { user, passkey }. */
  async newMember() {
    const user = `user-${(users += 1)}`;
    const passkey = new Authenticator(this.origin);
    const answer = await this.finishRegistration(await this.beginRegistration(await this.userToken(user)), passkey);
    granted(answer);
    return { user, passkey };
  }

  async beginRegistration(token) {
    return { token, ...granted(await this.page('POST', '/begin_registration', token)) };
  }

  finishRegistration({ token, ceremony, publicKey }, passkey, edits) {
    return this.page('POST', '/finish_registration', token, { ceremony, credential: passkey.create(publicKey, edits) });
  }

  async begin(token) {
    return { token, ...granted(await this.page('POST', '/begin_authentication', token)) };
  }

  finish({ token, ceremony, publicKey }, passkey, edits) {
    return this.page('POST', '/finish_authentication', token, { ceremony, credential: passkey.get(publicKey, edits) });
  }

  /** { session, auth }: the token of the page and what its sign-in gave. */
  async signIn(passkey, session) {
    const token = session ?? (await this.sessionToken());
    return { session: token, auth: granted(await this.finish(await this.begin(token), passkey)).auth_token };
  }

  verify(token, json = {}) {
    return this.call('POST', '/verify-auth', { token, ...json });
  }
}

/** The body of a 200. */
export function granted(answer) {
  assert.equal(answer?.status, 200, answer?.body.toString());
  return answer.value;
}

/** `expected`: `401 invalid_token` or `422 verification_failed bad_signature`. */
export function refused(answer, expected, what = '') {
  assert.ok(answer, `no answer: ${what}`);
  const text = [answer.status, answer.code, answer.reason].filter((part) => part !== undefined).join(' ');
  assert.equal(text, expected, `${what} ${answer.body.toString().slice(0, 500)}`);
}

/** Refused by our server with that, or by the web server in front of it in its own words. */
export function refusedSomewhere(answer, expected, what) {
  if ([400, 404].includes(answer?.status) && answer.value === undefined) return;
  refused(answer, expected, what);
}

export const count = (answers, status) => answers.filter((answer) => answer.status === status).length;

/** A copy with the bits `flip` of one byte turned. */
export function changed(bytes, at, flip = 0xff) {
  const copy = Buffer.from(bytes);
  copy[at] ^= flip;
  return copy;
}
