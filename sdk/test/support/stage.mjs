// What the browser tests of the elements stand on: a server that answers whatever a test needs, a
// site of pages with the elements in them, and visitors.
import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { addAuthenticator, launchBrowser, nextEvent, openPage, watch } from './browser.mjs';
import { startFakeServer } from './fake_server.mjs';
import { startSite } from './site.mjs';

/** What Chromium itself writes when an answer is no success. */
export const FAILED_LOAD = /^console: Failed to load resource/;

/** Registers the hooks of a test file. `server` and `url` are there once its tests run. */
export function useStage() {
  const stage = new Stage();
  before(() => stage.start());
  after(() => stage.stop());
  afterEach(() => stage.clear());
  return stage;
}

class Stage {
  #browser;
  #site;
  #open = [];
  /** What the site's assertion endpoint answers ({ status, type, body }), and how often it did. */
  userToken = { answer: undefined, calls: 0 };
  /** Body of the form that came to /signed-in. */
  posted;

  async start() {
    this.server = await startFakeServer();
    this.#site = await startSite({ sdk: this.server.url, pages: this.#pages() });
    this.url = this.#site.url;
    this.insecure = `http://insecure.test:${this.#site.port}`;
    this.#browser = await launchBrowser({ hosts: { 'insecure.test': this.#site.port } });
  }

  async stop() {
    await this.#browser?.close();
    await this.#site?.close();
    await this.server?.close();
  }

  async clear() {
    await Promise.all(this.#open.splice(0).map((entry) => entry.close()));
    this.server.restore();
    this.userToken.answer = undefined;
    this.userToken.calls = 0;
    this.posted = undefined;
  }

  /** Opens a page in a fresh profile with an authenticator. */
  visit = async (path, { origin = this.url, prf = false, ...options } = {}) => {
    const entry = await openPage(this.#browser, { viewport: { width: 420, height: 560 }, ...options });
    this.#open.push(entry);
    const { page } = entry;
    await watch(page);
    const device = await addAuthenticator(page, prf ? { hasPrf: true } : {});
    await page.goto(origin + path);
    return {
      ...entry,
      device,
      press: () => page.getByRole('button').first().click(),
      event: (type) => nextEvent(page, type),
      /** Waits until the first element of the page is in a state. */
      state: (name) =>
        page.waitForFunction((wanted) => {
          const element = document.querySelector(
            'masterkey2-authenticate, masterkey2-register, masterkey2-qr, masterkey2-passkey-button',
          );
          return element.state === wanted;
        }, name),
    };
  };

  /** Gives the visitor a passkey. */
  registerFirst = async ({ page, press, event }) => {
    await page.goto(`${this.url}/register`);
    await press();
    await event('success');
  };

  #pages() {
    const base = `api-base-url="${this.server.url}"`;
    const login = `<masterkey2-authenticate ${base} token="mk2s_t"></masterkey2-authenticate>`;
    const register =
      `<masterkey2-register ${base} assertion-url="/api/mk2-user-token" name="My Key">` +
      '</masterkey2-register>';
    const authenticate = (attributes, content = '') =>
      `<masterkey2-authenticate ${attributes}>${content}</masterkey2-authenticate>`;
    const arabic = (content) => `<div lang="ar" dir="rtl">${content}</div>`;
    const registering = (attributes) => `<masterkey2-register ${attributes}></masterkey2-register>`;
    return {
      '/login': login,
      '/register': register,
      '/both': login + register,
      '/register-token': registering(`${base} token="mk2u_t"`),
      '/no-token': authenticate(base),
      '/no-url': authenticate('token="x"'),
      '/bad-url': authenticate('api-base-url="javascript:alert(1)" token="x"'),
      '/foreign-assertion': registering(`${base} assertion-url="https://elsewhere.test/token"`),
      '/no-assertion': registering(base),
      '/hostile': authenticate(
        `${base} token="&lt;img src=x onerror=alert(1)&gt;" lang="&quot;&gt;&lt;b&gt;"`,
      ),
      '/slots': authenticate(
        `${base} token="mk2s_t"`,
        '<b slot="button-label">Einloggen</b><p slot="fallback"><a href="/x">Other ways</a></p>',
      ),
      '/autofill':
        '<label>User name <input autocomplete="username webauthn"></label>' +
        authenticate(`${base} token="mk2s_t" autofill`),
      '/qr': authenticate(`${base} token="mk2s_t" mode="qr" qr-poll-interval="20"`),
      '/qr-only': `<masterkey2-qr ${base} token="mk2s_t" qr-poll-interval="20"></masterkey2-qr>`,
      '/both-ways': authenticate(`${base} token="mk2s_t" mode="both" qr-poll-interval="20"`),
      '/button-only': `<masterkey2-passkey-button ${base} token="mk2s_t"></masterkey2-passkey-button>`,
      '/qr-arabic': arabic(authenticate(`${base} token="mk2s_t" mode="qr" qr-poll-interval="20"`)),
      '/form': `<form method="post" action="/signed-in">${authenticate(`${base} token="mk2s_t" form-field="mk2_token"`)}</form>`,
      '/immediate': authenticate(`${base} token="mk2s_t" immediate hints="security-key nonsense"`),
      '/upgrade': registering(`${base} assertion-url="/api/mk2-user-token" assertion-method="post" name="Key" upgrade`),
      '/signed-in': async (request, response) => {
        const chunks = [];
        for await (const chunk of request) chunks.push(chunk);
        this.posted = String(Buffer.concat(chunks));
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>In</title>');
      },
      '/german': `<div lang="de-AT">${login}</div>`,
      '/arabic': arabic(login + authenticate(base)),
      '/arabic/login': arabic(login),
      '/arabic/register': arabic(register),
      '/arabic/no-token': arabic(authenticate(base)),
      '/api/mk2-user-token': (request, response) => {
        this.userToken.calls++;
        this.userToken.method = request.method;
        const answer = { status: 200, type: 'application/json', body: '{"userToken":"mk2u_t"}' };
        const { status, type, body } = { ...answer, ...this.userToken.answer };
        response.writeHead(status, { 'Content-Type': type }).end(body);
      },
    };
  }
}

/** No console error, no violation of the policy, no event that left its element. */
export async function assertClean({ page, problems }, allowed = /^$/) {
  assert.deepEqual(problems.filter((line) => !allowed.test(line)), []);
  assert.deepEqual(await page.evaluate(() => violations), []);
  assert.deepEqual(await page.evaluate(() => reachedWindow), []);
}

/** Asks until `check` is true; fails when that takes too long. */
export async function eventually(what, check, limit = 10_000) {
  const deadline = Date.now() + limit;
  while (!check()) {
    assert.ok(Date.now() < deadline, `${what} in time`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
