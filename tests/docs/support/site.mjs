// A tenant of a real server behind nginx, with a user who registers passkeys and signs in.
import { Installation } from '../../e2e/support/installation.mjs';
import { freePorts } from '../../e2e/support/processes.mjs';
import { Authenticator } from './authenticator.mjs';

/** `host`: that of base_url, localhost or a name below it. */
export async function startInstallation(host) {
  const [port] = await freePorts(1);
  const installation = new Installation(port, { baseUrl: host && `http://${host}:${port}` });
  try {
    await installation.startServer();
    await installation.startNginx();
    return installation;
  } catch (error) {
    await installation.stop();
    throw error;
  }
}

export class Site {
  constructor(installation, name, rpId) {
    this.url = installation.url;
    this.rpId = rpId;
    this.origin = `https://www.${rpId}`;
    const tenant = installation.createTenant(name, rpId, [this.origin]);
    this.apiKey = tenant.api_key;
    this.tenantId = tenant.tenant.id;
  }

  /** Resolves with the body of a 200, and fails with any other answer. */
  async call(method, path, { body, bearer, origin } = {}) {
    const page = { Origin: origin ?? this.origin, ...(bearer && { Authorization: `Bearer ${bearer}` }) };
    const credential = bearer || origin ? page : { 'X-API-KEY': this.apiKey };
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { ...credential, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  userToken(externalId) {
    const body = { external_id: externalId, display_name: 'Ada Lovelace', username: 'ada' };
    return this.call('POST', '/user-token', { body }).then((answer) => answer.user_token);
  }

  sessionToken(body) {
    return this.call('POST', '/session-token', { body }).then((answer) => answer.session_token);
  }

  newPasskey() {
    return new Authenticator(this.origin);
  }

  /** Resolves with the user's new passkey. */
  async register(externalId) {
    const bearer = await this.userToken(externalId);
    const begun = await this.call('POST', '/begin_registration', { bearer });
    const passkey = this.newPasskey();
    const body = { ceremony: begun.ceremony, credential: passkey.create(begun.publicKey), name: 'Laptop' };
    await this.call('POST', '/finish_registration', { bearer, body });
    return passkey;
  }

  /** Resolves with the auth token. */
  async signIn(passkey, sessionToken) {
    const bearer = sessionToken ?? (await this.sessionToken());
    const begun = await this.call('POST', '/begin_authentication', { bearer });
    const body = { ceremony: begun.ceremony, credential: passkey.get(begun.publicKey) };
    return (await this.call('POST', '/finish_authentication', { bearer, body })).auth_token;
  }
}
