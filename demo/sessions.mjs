// The site's own sessions: an opaque random cookie, everything else stays on the server.
import { randomBytes } from 'node:crypto';

const COOKIE = 'demo_session';
const LIFETIME_MS = 60 * 60 * 1000;
const LIMIT = 10_000;

export class Sessions {
  #byId = new Map();

  /** `session`: { userId, name, signedIn }. Returns the Set-Cookie header. */
  start(session) {
    if (this.#byId.size >= LIMIT) this.#byId.delete(this.#byId.keys().next().value);
    const id = randomBytes(32).toString('base64url');
    this.#byId.set(id, { ...session, id, expiresAt: Date.now() + LIFETIME_MS });
    return `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${LIFETIME_MS / 1000}`;
  }

  /** The session of a Cookie header, or undefined. */
  find(cookies = '') {
    const pair = cookies.split(/; */).find((text) => text.startsWith(`${COOKIE}=`));
    const session = pair && this.#byId.get(pair.slice(COOKIE.length + 1));
    if (session && session.expiresAt > Date.now()) return session;
    this.end(session);
    return undefined;
  }

  end(session) {
    if (session) this.#byId.delete(session.id);
  }
}

export function clearedCookie() {
  return `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
}
