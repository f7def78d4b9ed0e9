// The elements in a real browser, against a server that answers whatever a test needs.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  accessibilityFindings,
  addAuthenticator,
  launchBrowser,
  nextEvent,
  openPage,
  screenshot,
  watch,
} from '../support/browser.mjs';
import { problem, startFakeServer } from '../support/fake_server.mjs';
import { startSite } from '../support/site.mjs';

let server, site, browser, insecure;
const open = [];
const userToken = { answer: undefined, calls: 0 };
const endpoint = (request, response) => {
  userToken.calls++;
  const { status = 200, type = 'application/json', body = '{"userToken":"mk2u_t"}' } = userToken.answer ?? {};
  response.writeHead(status, { 'Content-Type': type }).end(body);
};

before(async () => {
  server = await startFakeServer();
  const base = `api-base-url="${server.url}"`;
  const login = `<masterkey2-authenticate ${base} token="mk2s_t"></masterkey2-authenticate>`;
  const register = `<masterkey2-register ${base} assertion-url="/api/mk2-user-token" name="My Key"></masterkey2-register>`;
  site = await startSite({ sdk: server.url, pages: {
    '/login': login,
    '/register': register,
    '/register-token': `<masterkey2-register ${base} token="mk2u_t"></masterkey2-register>`,
    '/both': login + register,
    '/no-token': `<masterkey2-authenticate ${base}></masterkey2-authenticate>`,
    '/no-url': '<masterkey2-authenticate token="x"></masterkey2-authenticate>',
    '/bad-url': '<masterkey2-authenticate api-base-url="javascript:alert(1)" token="x"></masterkey2-authenticate>',
    '/foreign-assertion': `<masterkey2-register ${base} assertion-url="https://elsewhere.test/token"></masterkey2-register>`,
    '/no-assertion': `<masterkey2-register ${base}></masterkey2-register>`,
    '/hostile': `<masterkey2-authenticate ${base} token="&lt;img src=x onerror=alert(1)&gt;" lang="&quot;&gt;&lt;b&gt;"></masterkey2-authenticate>`,
    '/gone': '<masterkey2-authenticate api-base-url="http://localhost:9" token="mk2s_t"></masterkey2-authenticate>',
    '/slots': `<masterkey2-authenticate ${base} token="mk2s_t"><b slot="button-label">Einloggen</b><p slot="fallback"><a href="/x">Other ways</a></p></masterkey2-authenticate>`,
    '/autofill': `<label>User name <input autocomplete="username webauthn"></label>${login.replace('token=', 'autofill token=')}`,
    '/german': `<div lang="de-AT">${login}</div>`,
    '/arabic': `<div lang="ar" dir="rtl">${login}<masterkey2-authenticate ${base}></masterkey2-authenticate></div>`,
    '/api/mk2-user-token': endpoint,
  } });
  browser = await launchBrowser({ hosts: { 'insecure.test': site.port } });
  insecure = `http://insecure.test:${site.port}`;
});
after(async () => {
  await browser?.close();
  await site?.close();
  await server?.close();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((entry) => entry.close()));
  server.restore();
  userToken.answer = undefined;
  userToken.calls = 0;
});

/** Opens a path with an authenticator; every test ends by looking at `problems`. */
async function visit(path, { authenticator = {}, origin = site.url, ...options } = {}) {
  const entry = await openPage(browser, { viewport: { width: 420, height: 360 }, ...options });
  open.push(entry);
  await watch(entry.page);
  const device = await addAuthenticator(entry.page, authenticator);
  await entry.page.goto(origin + path);
  const press = () => entry.page.getByRole('button').first().click();
  const state = (name) => entry.page.waitForFunction((n) => document.querySelector('masterkey2-authenticate, masterkey2-register').state === n, name);
  return { ...entry, device, press, state, event: (type) => nextEvent(entry.page, type) };
}

async function assertClean({ page, problems }, allowed = /^$/) {
  assert.deepEqual(problems.filter((line) => !allowed.test(line)), []);
  assert.deepEqual(await page.evaluate(() => violations), []);
  assert.deepEqual(await page.evaluate(() => reachedWindow), []);
}

async function registerFirst(visited) {
  await visited.page.goto(`${site.url}/register`);
  await visited.press();
  await visited.event('success');
}
const FAILED_LOAD = /^console: Failed to load resource/;

test('register, then sign in: events, states, what is sent', async () => {
  const visited = await visit('/register');
  const { page, press, state, event } = visited;
  await state('ready');
  assert.equal(userToken.calls, 0, 'the user token is fetched at the press, never before');
  await press();
  const registered = await event('success');
  assert.deepEqual([registered.user.external_id, registered.credential.name], ['alice', 'Key']);
  await state('success');
  assert.equal(userToken.calls, 1);
  assert.deepEqual(server.calls.map((call) => [call.name, call.authorization, call.body.name]),
    [['begin_registration', 'Bearer mk2u_t', 'My Key'], ['finish_registration', 'Bearer mk2u_t', 'My Key']]);
  await screenshot(page, 'element-registered');
  server.calls.length = 0;
  await page.goto(`${site.url}/login`);
  await state('ready');
  await screenshot(page, 'element-ready');
  await press();
  const success = await event('success');
  assert.deepEqual([success.user.external_id, success.token, success.method], ['alice', 'mk2a_x', 'passkey']);
  await state('success');
  await screenshot(page, 'element-signed-in');
  assert.deepEqual(server.calls.map((call) => call.name), ['begin_authentication', 'finish_authentication']);
  const { response } = server.calls[1].body.credential;
  assert.deepEqual(Object.keys(response).sort(), ['authenticatorData', 'clientDataJSON', 'signature', 'userHandle']);
  await assertClean(visited);
});

test('states are told in order and bubble', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  await visited.page.goto(`${site.url}/login`);
  await visited.press();
  await visited.event('success');
  const states = await visited.page.evaluate(() => seen.filter((e) => e.type === 'mk2-state').map((e) => e.state));
  assert.deepEqual(states, ['ready', 'preparing', 'prompting', 'verifying', 'success']);
});

test('options are fetched before the press and used by it', async () => {
  const { page, press, event } = await visit('/login');
  await page.waitForFunction(() => document.querySelector('masterkey2-authenticate').state === 'ready');
  await assert.doesNotReject(async () => { while (server.calls.length < 1) await page.waitForTimeout(5); });
  await press();
  await event('error');
  assert.deepEqual(server.calls.map((call) => call.name), ['begin_authentication']);
});

test('after a cancel the options in hand are used again; after a finish they are not', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  server.calls.length = 0;
  await visited.page.goto(`${site.url}/login`);
  await visited.device.verify(false);
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled');
  await visited.device.verify(true);
  await visited.press();
  await visited.event('success');
  await visited.press();
  await visited.event('success');
  assert.deepEqual(server.calls.map((call) => call.name),
    ['begin_authentication', 'finish_authentication', 'begin_authentication', 'finish_authentication']);
});

test('a cancel is user_cancelled, a quiet note, and the button stays', async () => {
  const visited = await visit('/login');
  await visited.press();
  const error = await visited.event('error');
  assert.equal(error.code, 'user_cancelled');
  assert.equal(error.recoverable, true);
  await visited.state('ready');
  assert.match(await visited.page.getByRole('status').textContent(), /Nothing happened/);
  assert.equal(await visited.page.getByRole('alert').textContent(), '');
  assert.ok(await visited.page.getByRole('button').isEnabled());
  await screenshot(visited.page, 'element-cancelled');
  await assertClean(visited);
});

const refusals = [
  ['credential_not_found', 404, /not known here/],
  ['user_disabled', 403, /suspended/],
  ['verification_failed', 422, /could not be verified/],
  ['ceremony_expired', 410, /expired/],
  ['token_expired', 401, /Reload/],
  ['storage_unavailable', 503, /busy/],
  ['internal', 500, /went wrong/],
  ['rate_limited', 429, /busy/],
];
for (const [code, status, text] of refusals) {
  test(`the server says ${code}: the code and an alert`, async () => {
    const visited = await visit('/register');
    await registerFirst(visited);
    server.change('finish_authentication', problem(status, code));
    await visited.page.goto(`${site.url}/login`);
    await visited.press();
    const error = await visited.event('error');
    assert.equal(error.code, code);
    assert.match(error.message, text);
    assert.match(await visited.page.getByRole('alert').textContent(), text);
    if (code === 'user_disabled') await screenshot(visited.page, 'element-user-disabled');
    await assertClean(visited, FAILED_LOAD);
  });
}

test('a device that has a passkey already is already_registered', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  const [{ credentialId }] = await visited.device.credentials();
  server.change('begin_registration', { ceremony: 'c', expires_in: 300, publicKey: { rp: { id: 'localhost', name: 'S' }, challenge: 'AAAA',
    user: { id: 'dXNlcg', name: 'a', displayName: 'A' }, pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key', alg })),
    excludeCredentials: [{ type: 'public-key', id: Buffer.from(credentialId, 'base64').toString('base64url') }] } });
  await visited.page.reload();
  await visited.press();
  assert.equal((await visited.event('error')).code, 'already_registered');
  await assertClean(visited);
});

test('nobody touches the device: timeout', async () => {
  const visited = await visit('/login');
  await visited.device.present(false);
  server.change('begin_authentication', { ceremony: 'c', expires_in: 300, publicKey: { rpId: 'localhost', challenge: 'AAAA', timeout: 700 } });
  await visited.page.reload();
  await visited.press();
  await visited.state('prompting');
  await screenshot(visited.page, 'element-prompting');
  assert.equal((await visited.event('error')).code, 'timeout');
});

test('cancel() and removal end a ceremony without a word; a move does not', async () => {
  const visited = await visit('/login');
  await visited.device.present(false);
  await visited.press();
  await visited.state('prompting');
  await visited.page.evaluate(() => document.querySelector('main').prepend(document.querySelector('masterkey2-authenticate')));
  await visited.page.evaluate(() => new Promise((r) => setTimeout(r)));
  assert.equal(await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').state), 'prompting');
  await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').cancel());
  await visited.state('ready');
  await visited.press();
  await visited.state('prompting');
  const after = await visited.page.evaluate(async () => {
    const element = document.querySelector('masterkey2-authenticate');
    element.remove();
    await new Promise((r) => setTimeout(r));
    return element.state;
  });
  assert.equal(after, 'ready');
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await assertClean(visited);
});

test('two elements: the newer ceremony ends the older one quietly', async () => {
  const visited = await visit('/both');
  await visited.device.present(false);
  await visited.page.getByRole('button', { name: 'Sign in' }).click();
  await visited.state('prompting');
  await visited.page.getByRole('button', { name: 'Create' }).click();
  await visited.page.waitForFunction(() => document.querySelector('masterkey2-register').state === 'prompting');
  await visited.state('ready');
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await assertClean(visited);
});

const panels = [
  ['/no-token', 'configuration_error', 'missing_attribute', /token/],
  ['/no-url', 'configuration_error', 'missing_attribute', /api-base-url/],
  ['/bad-url', 'configuration_error', 'bad_url', /api-base-url/],
  ['/no-assertion', 'configuration_error', 'missing_attribute', /assertion-url/],
  ['/foreign-assertion', 'configuration_error', 'bad_url', /assertion-url/],
  ['/hostile', 'configuration_error', 'invalid_token', /token/],
];
for (const [path, code, reason, text] of panels) {
  test(`${path}: the amber panel with ${code}, ${reason}`, async () => {
    const visited = await visit(path);
    const error = await visited.event('error');
    assert.deepEqual([error.code, error.reason, error.recoverable], [code, reason, false]);
    const alert = visited.page.locator('[part=panel]');
    assert.match(await alert.textContent(), /Authentication Unavailable/);
    assert.match(await alert.textContent(), text);
    assert.equal(await visited.page.getByRole('button').count(), 0);
    assert.deepEqual(server.calls, []);
    if (path === '/no-token') await screenshot(visited.page, 'panel-missing-attribute');
    await assertClean(visited);
  });
}

test('an insecure page: its own panel', async () => {
  const visited = await visit('/login', { origin: insecure });
  assert.equal((await visited.event('error')).code, 'insecure_context');
  assert.match(await visited.page.locator('[part=panel]').textContent(), /https:/);
  await screenshot(visited.page, 'panel-insecure');
  assert.deepEqual(server.calls, []);
  await assertClean(visited);
});

test('a page on an IP address', async () => {
  const visited = await visit('/login', { origin: site.url.replace('localhost', '127.0.0.1') });
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'ip_address']);
});

test('an origin that the tenant does not list shows the panel before any press', async () => {
  server.change('begin_authentication', problem(403, 'origin_not_allowed'));
  const visited = await visit('/login');
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'origin_not_allowed']);
  await screenshot(visited.page, 'panel-origin');
  await assertClean(visited, FAILED_LOAD);
});

test('an RP ID of another domain: the panel, and focus goes with it', async () => {
  server.change('begin_authentication', { ceremony: 'c', expires_in: 300, publicKey: { rpId: 'other.test', challenge: 'AAAA' } });
  const visited = await visit('/login');
  await visited.state('ready');
  await visited.page.getByRole('button').focus();
  await visited.page.keyboard.press('Enter');
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'rp_id_mismatch']);
  assert.equal(await visited.page.evaluate(() => document.activeElement.shadowRoot.activeElement.getAttribute('part')), 'panel');
  await screenshot(visited.page, 'panel-rp-id');
});

test('registration with a foreign RP ID never opens the dialogue', async () => {
  server.change('begin_registration', { ceremony: 'c', expires_in: 300, publicKey: { rp: { id: 'other.test', name: 'S' }, challenge: 'AAAA',
    user: { id: 'dXNlcg', name: 'a', displayName: 'A' }, pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key', alg })) } });
  const visited = await visit('/register');
  await visited.press();
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'rp_id_mismatch']);
  assert.equal((await visited.device.credentials()).length, 0);
});

test('a browser without WebAuthn', async () => {
  const visited = await visit('/no-token');
  await visited.page.addInitScript(() => { delete globalThis.PublicKeyCredential; });
  await visited.page.goto(`${site.url}/login`);
  assert.equal((await visited.event('error')).code, 'not_supported');
  await screenshot(visited.page, 'panel-not-supported');
});

test('a server that is not there: nothing before the press, server_unreachable after it', async () => {
  const visited = await visit('/login');
  await visited.page.route('**/begin_authentication', (route) => route.abort());
  await visited.page.reload();
  await visited.state('ready');
  await visited.press();
  assert.equal((await visited.event('error')).code, 'server_unreachable');
  await visited.page.unroute('**/begin_authentication');
  await screenshot(visited.page, 'element-unreachable');
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled', 'the next press works again');
  await assertClean(visited, FAILED_LOAD);
});

const endpoints = [
  ['answers 500', { status: 500, body: '{"error":"x"}' }, 'assertion_failed', 'http_500'],
  ['answers HTML', { type: 'text/html', body: '<!doctype html><script>alert(1)</script>' }, 'assertion_failed', 'not_json'],
  ['answers another shape', { body: '{"jwt":"x"}' }, 'assertion_failed', 'no_token'],
  ['passes user_disabled on', { status: 403, body: '{"code":"user_disabled"}' }, 'user_disabled', undefined],
];
for (const [name, answer, code, reason] of endpoints) {
  test(`an assertion endpoint that ${name}: ${code}, no panel, and the next press asks again`, async () => {
    userToken.answer = answer;
    const visited = await visit('/register');
    await visited.press();
    const error = await visited.event('error');
    assert.deepEqual([error.code, error.reason], [code, reason]);
    await visited.state('ready');
    userToken.answer = undefined;
    await visited.press();
    await visited.event('success');
    await assertClean(visited, FAILED_LOAD);
  });
}

test('a user token as attribute stands in for the endpoint', async () => {
  const visited = await visit('/register-token');
  await visited.press();
  await visited.event('success');
  assert.equal(userToken.calls, 0);
  assert.deepEqual(server.calls.map((call) => [call.name, call.authorization]), [['begin_registration', 'Bearer mk2u_t'], ['finish_registration', 'Bearer mk2u_t']]);
});

test('attributes that arrive late take the panel away', async () => {
  const visited = await visit('/no-token');
  await visited.state('unavailable');
  await visited.page.evaluate(() => { document.querySelector('masterkey2-authenticate').token = 'mk2s_late'; });
  await visited.state('ready');
  await visited.press();
  await visited.event('error');
  assert.equal(server.calls.at(-1).authorization, 'Bearer mk2s_late');
});

test('an answer to an older token says nothing about the new one', async () => {
  let refuse;
  server.change('begin_authentication', (response) => { refuse = () => {
    response.writeHead(401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ code: 'invalid_token' }));
  }; });
  const visited = await visit('/login');
  while (!refuse) await visited.page.waitForTimeout(5);
  server.restore();
  const renewed = visited.page.waitForResponse('**/begin_authentication');
  await visited.page.evaluate(() => { document.querySelector('masterkey2-authenticate').token = 'mk2s_new'; });
  await renewed;
  const refused = visited.page.waitForResponse((response) => response.status() === 401);
  refuse();
  await (await refused).finished();
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled');
  await assertClean(visited, FAILED_LOAD);
});

test('a refusal is told once, however many attributes change', async () => {
  const visited = await visit('/no-token');
  await visited.event('error');
  await visited.page.evaluate(async () => {
    document.querySelector('masterkey2-authenticate').setAttribute('timeout', '1000');
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
});

test('properties set before the class is known are kept', async () => {
  const visited = await visit('/login');
  const values = await visited.page.evaluate(async () => {
    const element = document.createElement('x-late');
    Object.assign(element, { token: 't', apiBaseUrl: 'http://localhost:1', disabled: true });
    const Late = class extends customElements.get('masterkey2-authenticate') {};
    document.body.append(element);
    customElements.define('x-late', Late);
    return [element.getAttribute('token'), element.getAttribute('api-base-url'), element.hasAttribute('disabled')];
  });
  assert.deepEqual(values, ['t', 'http://localhost:1', true]);
});

test('a disabled element starts nothing', async () => {
  const visited = await visit('/login');
  await visited.state('ready');
  await visited.page.evaluate(() => { document.querySelector('masterkey2-authenticate').disabled = true; });
  await visited.page.getByRole('button').click({ force: true });
  assert.equal(await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').state), 'ready');
  assert.equal(await visited.page.getByRole('button').getAttribute('aria-disabled'), 'true');
});

test('activation lost on the way: one more press with the options in hand', async () => {
  const visited = await visit('/login');
  await visited.page.evaluate(() => {
    Object.defineProperty(navigator, 'userActivation', { value: { isActive: false } });
  });
  await visited.press();
  await visited.state('tap_again');
  await screenshot(visited.page, 'element-tap-again');
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled');
});

test('slots: own label, other ways to sign in', async () => {
  const visited = await visit('/slots');
  assert.ok(await visited.page.getByRole('button', { name: 'Einloggen' }).isVisible());
  assert.ok(await visited.page.getByRole('link', { name: 'Other ways' }).isVisible());
  await screenshot(visited.page, 'element-slots');
});

for (const colorScheme of ['light', 'dark']) {
  for (const forcedColors of ['none', 'active']) {
    test(`accessible in every state: ${colorScheme}, forced colours ${forcedColors}`, async () => {
      const visited = await visit('/login', { colorScheme, forcedColors });
      const look = async (name) => {
        assert.deepEqual(await accessibilityFindings(visited.page), [], name);
        await screenshot(visited.page, `${colorScheme}-${forcedColors}-${name}`);
      };
      await visited.state('ready');
      await look('ready');
      await visited.press();
      await visited.event('error');
      await look('cancelled');
      await visited.device.present(false);
      await visited.press();
      await visited.state('prompting');
      await look('prompting');
      await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').cancel());
      await visited.page.goto(`${site.url}/no-token`);
      await visited.state('unavailable');
      await look('unavailable');
      userToken.answer = { status: 500, body: '{}' };
      await visited.page.goto(`${site.url}/register`);
      await visited.press();
      await visited.event('error');
      await look('failed');
      userToken.answer = undefined;
      await visited.device.present(true);
      await visited.press();
      await visited.event('success');
      await look('registered');
    });
  }
}

test('after a cancelled registration the site is asked again: somebody else may be signed in', async () => {
  const visited = await visit('/register');
  await visited.device.verify(false);
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled');
  await visited.device.verify(true);
  await visited.press();
  await visited.event('success');
  assert.equal(userToken.calls, 2);
});

test('autofill: a passkey chosen in the page’s own field signs in', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  await visited.page.goto(`${site.url}/autofill`);
  // The virtual authenticator chooses at once.
  const success = await visited.event('success');
  assert.deepEqual([success.user.external_id, success.token], ['alice', 'mk2a_x']);
  await visited.state('success');
  await assertClean(visited);
});

test('autofill waits quietly, gives way to the button and comes back after a cancel', async () => {
  const visited = await visit('/login');
  await visited.page.addInitScript(() => {
    globalThis.gets = [];
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = async (options) => {
      const entry = { mediation: options.mediation ?? 'modal', open: true };
      gets.push(entry);
      try { return await get(options); } finally { entry.open = false; }
    };
  });
  await visited.device.present(false);
  await visited.page.goto(`${site.url}/autofill`);
  const offered = (count) => visited.page.waitForFunction((n) => gets.length === n, count);
  await offered(1);
  await visited.press();
  await offered(2);
  await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').cancel());
  await offered(3);
  assert.deepEqual(await visited.page.evaluate(() => gets), [
    { mediation: 'conditional', open: false }, { mediation: 'modal', open: false }, { mediation: 'conditional', open: true }]);
  await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').remove());
  await visited.page.waitForFunction(() => !gets[2].open);
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await assertClean(visited);
});

test('the language of the page, in label, notes and messages', async () => {
  const visited = await visit('/german');
  await visited.page.getByRole('button', { name: 'Mit Passkey anmelden' }).click();
  assert.match((await visited.event('error')).message, /^Es ist nichts passiert/);
  assert.match(await visited.page.getByRole('status').textContent(), /^Es ist nichts passiert/);
  await screenshot(visited.page, 'element-german');
  await assertClean(visited);
});

test('right to left', async () => {
  const visited = await visit('/arabic');
  await visited.page.getByRole('button', { name: 'تسجيل الدخول بمفتاح مرور' }).waitFor();
  await visited.page.getByText('المصادقة غير متاحة').waitFor();
  assert.deepEqual(await accessibilityFindings(visited.page), []);
  await screenshot(visited.page, 'element-arabic');
  await assertClean(visited);
});

test('a copy of the SDK without its languages speaks English', async () => {
  const visited = await visit('/login');
  await visited.page.route('**/i18n/*', (route) => route.fulfill({ status: 404 }));
  await visited.page.goto(`${site.url}/german`);
  await visited.state('ready');
  assert.ok(await visited.page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible());
  await assertClean(visited, FAILED_LOAD);
});

test('keyboard and size: Tab reaches the button, which is at least 44 px high', async () => {
  const visited = await visit('/login', { viewport: { width: 320, height: 400 } });
  await visited.state('ready');
  await visited.page.keyboard.press('Tab');
  assert.equal(await visited.page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.tagName), 'BUTTON');
  await screenshot(visited.page, 'element-focus-320');
  const { height, width } = await visited.page.getByRole('button').boundingBox();
  assert.ok(height >= 44 && width >= 44);
  assert.equal(await visited.page.evaluate(() => document.documentElement.scrollWidth), 320);
});
