// Registering and signing in, in a real browser, through a real nginx, to the real server.
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
} from '../../sdk/test/support/browser.mjs';
import { FAILED_LOAD } from '../../sdk/test/support/stage.mjs';
import { startStack } from './support/stack.mjs';

let stack, browser;
const open = [];

before(async () => {
  stack = await startStack();
  browser = await launchBrowser({ hosts: { 'insecure.test': stack.site.port } });
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});
afterEach(() => Promise.all(open.splice(0).map((visitor) => visitor.close())));

/** Somebody with a browser and a device of their own. */
async function visitor(options = {}) {
  const entry = await openPage(browser, { viewport: { width: 760, height: 560 }, ...options });
  open.push(entry);
  const { page } = entry;
  await watch(page);
  const device = await addAuthenticator(page);
  const posted = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/session')) posted.push(request.postDataJSON());
  });
  return {
    ...entry,
    device,
    /** Bodies that the page has sent to its site's /api/session. */
    posted,
    signUp: async (name, site = stack.site) => {
      await page.goto(`${site.url}/register`);
      await page.getByLabel('Your name').fill(name);
      await page.getByRole('button', { name: 'Continue' }).click();
    },
    createPasskey: async () => {
      await page.getByRole('button', { name: 'Create a passkey' }).click();
      await page.getByRole('link', { name: 'sign in with your passkey' }).waitFor();
    },
    signIn: async (site = stack.site) => {
      await page.goto(`${site.url}/login`);
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    },
    /** Presses the page's passkey button and resolves with the element's next error. */
    failing: async () => {
      await page.getByRole('button', { name: /passkey/ }).click();
      return nextEvent(page, 'error');
    },
    assertClean: async (allowed = /^$/) => {
      assert.deepEqual(entry.problems.filter((line) => !allowed.test(line)), []);
      assert.deepEqual(await page.evaluate(() => violations), []);
      assert.deepEqual(await page.evaluate(() => reachedWindow), []);
    },
  };
}

async function signedInVisitor(name) {
  const person = await visitor();
  await person.signUp(name);
  await person.createPasskey();
  await person.signIn();
  await person.page.waitForURL('**/account');
  return person;
}

test('sign up, create a passkey, sign in: the site’s server has verified the right user', async () => {
  const alice = await visitor();
  await alice.signUp('Alice');
  await screenshot(alice.page, 'site-register');
  await alice.createPasskey();
  await screenshot(alice.page, 'site-registered');
  const [passkey] = await alice.device.credentials();
  assert.deepEqual([passkey.rpId, passkey.isResidentCredential], ['localhost', true]);
  await alice.signIn();
  await alice.page.waitForURL('**/account');
  await screenshot(alice.page, 'site-account');
  assert.equal(await alice.page.getByRole('heading').textContent(), 'Hello, Alice');
  const credentialId = Buffer.from(passkey.credentialId, 'base64').toString('base64url');
  assert.ok(await alice.page.getByText(credentialId, { exact: true }).isVisible());
  assert.ok(await alice.page.getByText('yes', { exact: true }).isVisible(), 'user verified');
  assert.deepEqual(await accessibilityFindings(alice.page), []);
  await alice.assertClean();
});

test('two users of one site are told apart', async () => {
  const [bob, carol] = [await signedInVisitor('Bob'), await signedInVisitor('Carol')];
  const id = (person) => person.page.locator('#external-id').textContent();
  assert.equal(await bob.page.getByRole('heading').textContent(), 'Hello, Bob');
  assert.equal(await carol.page.getByRole('heading').textContent(), 'Hello, Carol');
  assert.notEqual(await id(bob), await id(carol));
});

test('the user handle on the device is random, not the site’s id', async () => {
  const dora = await signedInVisitor('Dora');
  const externalId = await dora.page.locator('#external-id').textContent();
  const [{ userHandle }] = await dora.device.credentials();
  const handle = Buffer.from(userHandle, 'base64');
  assert.equal(handle.length, 32);
  assert.ok(!handle.toString('latin1').includes(externalId));
});

test('a second verify-auth of the same token is refused: already_verified', async () => {
  const eve = await signedInVisitor('Eve');
  assert.equal(eve.posted.length, 1);
  const { token } = eve.posted[0];
  assert.match(token, /^mk2a_/);
  const again = await stack.call('POST', '/verify-auth', { body: { token } });
  assert.deepEqual([again.status, again.body.code], [409, 'already_verified']);
});

test('another tenant cannot verify the token', async () => {
  const frank = await visitor();
  await frank.signUp('Frank');
  await frank.createPasskey();
  // Held back, so that the token is still unused.
  await frank.page.route('**/api/session', (route) => route.fulfill({ status: 401, body: '{}' }));
  await frank.signIn();
  await frank.page.getByText('could not be confirmed').waitFor();
  const { token } = frank.posted[0];
  const foreign = await stack.call('POST', '/verify-auth', { body: { token }, apiKey: stack.other.apiKey });
  assert.equal(foreign.status, 401);
  const own = await stack.call('POST', '/verify-auth', { body: { token } });
  assert.equal(own.body.verified, true);
  assert.equal(own.body.user.display_name, 'Frank');
});

test('the site believes no token but a fresh one', async () => {
  const grete = await signedInVisitor('Grete');
  await grete.page.context().clearCookies();
  for (const token of [grete.posted[0].token, 'mk2a_nonsense', '', 7]) {
    const status = await grete.page.evaluate(async (value) => {
      const response = await fetch('/api/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token: value }) });
      return response.status;
    }, token);
    assert.equal(status, 401, String(token));
  }
  await grete.page.goto(`${stack.site.url}/account`);
  assert.equal(new URL(grete.page.url()).pathname, '/login');
});

test('a second passkey on the same device is already_registered', async () => {
  const hans = await signedInVisitor('Hans');
  await hans.page.goto(`${stack.site.url}/register`);
  const error = await hans.failing();
  assert.equal(error.code, 'already_registered');
  assert.equal((await hans.device.credentials()).length, 1);
  await hans.assertClean();
});

test('signing in again without reloading the page', async () => {
  const ida = await visitor();
  await ida.signUp('Ida');
  await ida.createPasskey();
  await ida.page.route('**/api/session', (route) => route.fulfill({ status: 500, body: '{}' }));
  await ida.signIn();
  await ida.page.getByText('could not be confirmed').waitFor();
  await ida.page.unroute('**/api/session');
  await ida.page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await ida.page.waitForURL('**/account');
});

test('sign out ends the site’s session', async () => {
  const jana = await signedInVisitor('Jana');
  await jana.page.getByRole('button', { name: 'Sign out' }).click();
  await jana.page.waitForURL('**/login');
  await jana.page.goto(`${stack.site.url}/account`);
  assert.equal(new URL(jana.page.url()).pathname, '/login');
});

test('a visitor who cancels: user_cancelled, nothing on the server', async () => {
  const person = await visitor();
  await person.signUp('Kim');
  await person.createPasskey();
  await person.device.verify(false);
  await person.page.goto(`${stack.site.url}/login`);
  const error = await person.failing();
  assert.equal(error.code, 'user_cancelled');
  await screenshot(person.page, 'site-cancelled');
  assert.deepEqual(person.posted, []);
  await person.assertClean();
});

test('a passkey that the server does not know: credential_not_found', async () => {
  // Both tenants have the RP ID localhost, so the device offers the passkey of the other one.
  const person = await visitor();
  await person.signUp('Lena', stack.other);
  await person.createPasskey();
  await person.page.goto(`${stack.site.url}/login`);
  const error = await person.failing();
  assert.equal(error.code, 'credential_not_found');
  await screenshot(person.page, 'site-unknown-passkey');
  assert.deepEqual(person.posted, []);
  await person.assertClean(FAILED_LOAD);
});

test('a token of another kind: the amber panel', async () => {
  const person = await visitor();
  await person.signUp('Mia');
  const userToken = await person.page.evaluate(async () => (await (await fetch('/api/mk2-user-token')).json()).userToken);
  await person.page.goto(`${stack.site.url}/login`);
  await person.page.evaluate((token) => { document.querySelector('masterkey2-authenticate').token = token; }, userToken);
  const error = await nextEvent(person.page, 'error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'wrong_token_type']);
  await person.page.getByText('Authentication Unavailable').waitFor();
});

test('a session token that was revoked: token_revoked', async () => {
  const person = await visitor();
  await person.signUp('Mona');
  await person.createPasskey();
  await person.page.goto(`${stack.site.url}/login`);
  const token = await person.page.getAttribute('masterkey2-authenticate', 'token');
  const revoke = await fetch(`${stack.api}/api/v1/session-token`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
  });
  assert.deepEqual([revoke.status, await revoke.json()], [200, { revoked: true }]);
  const error = await person.failing();
  assert.deepEqual([error.code, error.recoverable], ['token_revoked', false]);
  assert.deepEqual(person.posted, []);
});

test('a missing attribute: the amber panel with configuration_error', async () => {
  const person = await visitor();
  await person.page.goto(`${stack.site.url}/login`);
  await person.page.evaluate(() => document.querySelector('masterkey2-authenticate').removeAttribute('token'));
  const error = await nextEvent(person.page, 'error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'missing_attribute']);
  await screenshot(person.page, 'site-missing-attribute');
  await person.assertClean();
});

test('the SDK under its version: kept for good, and its hash may be demanded', async () => {
  const { version, integrity } = await (await fetch(`${stack.api}/sdk/integrity.json`)).json();
  const address = `${stack.api}/sdk/${version}/masterkey2.js`;
  const answer = await fetch(address);
  assert.deepEqual([answer.status, answer.headers.get('cache-control'), answer.headers.get('access-control-allow-origin')],
    [200, 'public, max-age=31536000, immutable', '*']);
  const missing = await fetch(address.replace(version, '9.9.9'));
  assert.deepEqual([missing.status, missing.headers.get('cache-control')], [404, null]);
  const load = async (hash, src = address) => {
    const { page } = await visitor();
    await page.evaluate(() => {
      const element = document.createElement('masterkey2-authenticate');
      element.append('Sign in in another way');
      document.body.append(element);
    });
    const outcome = await page.evaluate(([from, integrity]) => new Promise((resolve) => {
      const script = Object.assign(document.createElement('script'), { type: 'module', crossOrigin: 'anonymous', src: from, integrity });
      script.onload = () => resolve(customElements.get('masterkey2-qr') !== undefined);
      script.onerror = () => resolve('refused');
      document.head.append(script);
    }), [src, hash]);
    return [outcome, await page.evaluate(() => document.body.innerText.includes('Sign in in another way'))];
  };
  assert.deepEqual(await load(integrity['core.js']), ['refused', true]);
  assert.deepEqual(await load(integrity['masterkey2.js']), [true, false]);
  // After an upgrade of the server: what stands in the element is what a visitor sees.
  assert.deepEqual(await load(integrity['masterkey2.js'], address.replace(version, '9.9.9')), ['refused', true]);
});

test('a page whose domain is not the tenant’s: the amber panel with configuration_error', async () => {
  const person = await visitor();
  await person.page.goto(`http://shop.localhost:${stack.site.port}/login`);
  const error = await nextEvent(person.page, 'error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'origin_not_allowed']);
  await person.page.getByText('Authentication Unavailable').waitFor();
  assert.equal(await person.page.getByRole('button').count(), 0);
  await screenshot(person.page, 'site-wrong-domain');
});

test('a page on an IP address: the amber panel with configuration_error', async () => {
  const person = await visitor();
  await person.page.goto(`http://127.0.0.1:${stack.site.port}/login`);
  const error = await nextEvent(person.page, 'error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'ip_address']);
});

test('an insecure page: its own panel, and no call is made', async () => {
  const person = await visitor();
  const calls = [];
  person.page.on('request', (request) => { if (request.url().includes('/api/v1/')) calls.push(request.url()); });
  await person.page.goto(`http://insecure.test:${stack.site.port}/login`);
  assert.equal((await nextEvent(person.page, 'error')).code, 'insecure_context');
  await person.page.getByText('Authentication Unavailable').waitFor();
  assert.ok(await person.page.getByText('https://').isVisible());
  assert.deepEqual(calls, []);
  await screenshot(person.page, 'site-insecure');
});

test('the JavaScript API: promise, callback and event from the same module', async () => {
  const person = await visitor();
  await person.signUp('Nora');
  await person.createPasskey();
  await person.page.goto(`${stack.site.url}/login`);
  const seen = await person.page.evaluate(async (api) => {
    const { default: MasterKey2, MK2Events } = await import(`${api}/sdk/masterkey2.js`);
    const token = document.querySelector('masterkey2-authenticate').getAttribute('token');
    const auth = new MasterKey2({ apiBaseUrl: api, token });
    const names = [];
    auth.on(MK2Events.AUTH_SUCCESS, ({ user }) => names.push(user.display_name));
    const result = await auth.passkey.authenticate({ onSuccess: ({ user }) => names.push(user.display_name) });
    return { names, kind: result.token.slice(0, 5) };
  }, stack.api);
  assert.deepEqual(seen, { names: ['Nora', 'Nora'], kind: 'mk2a_' });
  await person.assertClean();
});

test('the guide’s two pages work as they are written', async () => {
  const person = await visitor();
  await person.page.goto(`${stack.guide.url}/register`);
  await person.page.getByRole('button').first().click();
  await person.page.getByText('Passkey added!').waitFor();
  await person.page.goto(`${stack.guide.url}/login`);
  await person.page.getByRole('button').first().click();
  await person.page.waitForURL('**/dashboard');
  const [signIn] = stack.guideSignIns;
  assert.equal(signIn.externalId, 'guide-user');
  assert.equal(signIn.verified, true);
  assert.deepEqual([signIn.user.external_id, signIn.user.display_name], ['guide-user', 'Guide User']);
  await person.assertClean();
});

// What follows takes the server away; keep it last.

test('the server process is down: server_unreachable, and the next press works again', async () => {
  const person = await visitor();
  await person.signUp('Olga');
  await person.createPasskey();
  await person.page.goto(`${stack.site.url}/login`);
  await person.page.waitForFunction(() => document.querySelector('masterkey2-authenticate').state === 'ready');
  const { code, signal } = await stack.stopServer();
  assert.deepEqual([code, signal], [0, null], 'SIGTERM ends the server with 0');
  assert.equal((await person.failing()).code, 'server_unreachable');
  await screenshot(person.page, 'site-unreachable');
  await person.page.reload();
  await person.page.getByText('cannot be reached').waitFor();
  await stack.startServer();
  await person.signIn();
  await person.page.waitForURL('**/account');
  assert.equal(await person.page.getByRole('heading').textContent(), 'Hello, Olga');
});

test('nothing answers at all: server_unreachable', async () => {
  const person = await visitor();
  await person.signUp('Paula');
  await person.createPasskey();
  await person.page.goto(`${stack.site.url}/login`);
  await person.page.waitForFunction(() => document.querySelector('masterkey2-authenticate').state === 'ready');
  await stack.stopNginx();
  assert.equal((await person.failing()).code, 'server_unreachable');
  await stack.startNginx();
});
