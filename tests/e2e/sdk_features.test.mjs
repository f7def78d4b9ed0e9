// What the SDK offers beyond the two pages, before the real server over TLS: another domain with the same passkeys
// (related origins), secrets of passkeys (PRF), a passkey from the page's own field (autofill).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addAuthenticator, openPage } from '../../sdk/test/support/browser.mjs';
import { launchTrusting, startTlsStack } from './support/tls_stack.mjs';

let stack, browser;

before(async () => {
  stack = await startTlsStack();
  browser = await launchTrusting(stack);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

/** Somebody with a passkey of the shop; `made`: what the registration answered. */
async function customer(t, externalId, { prf, ...device } = {}) {
  const entry = await openPage(browser);
  t.after(() => entry.close());
  const { page } = entry;
  await addAuthenticator(page, device);
  const posted = [];
  page.on('request', (request) => request.method() === 'POST' && posted.push(request.postData()));
  const ask = (method, options) => page.evaluate(async ([url, call, { token, ...rest }]) => {
    const { MasterKey2 } = await import(`${url}/sdk/masterkey2.js`);
    const auth = new MasterKey2({ apiBaseUrl: url, token });
    try {
      const { token: authToken, prf: secret } = await auth.passkey[call]({ ...rest, ...(call === 'register' && { token }) });
      return { token: authToken, secret: secret?.bytes && [...secret.bytes] };
    } catch ({ code, reason }) {
      return { code, reason };
    }
  }, [stack.url, method, options]);
  await page.goto(`${stack.shop}/`);
  const made = await ask('register', { token: await stack.userToken(externalId), prf });
  assert.equal(made.code, undefined);
  return { page, posted, made, signIn: async (options = {}) => ask('authenticate', { token: await stack.sessionToken(), ...options }) };
}

test('a page on another domain of the shop signs in with the same passkey', async (t) => {
  const { page, signIn } = await customer(t, 'ada');
  await page.goto(`${stack.secondShop}/`);
  const { token } = await signIn();
  const { verified, user } = await stack.verify(token);
  assert.deepEqual([verified, user.external_id], [true, 'ada']);
  await stack.withoutList(async () => {
    const { code, reason } = await signIn();
    assert.deepEqual([code, reason], ['configuration_error', 'rp_id_mismatch']);
  });
});

test('prf: the same secret at registration and sign-in, which never leaves the page', async (t) => {
  const prf = { salt: 'notes', raw: true };
  const { made, posted, signIn } = await customer(t, 'bob', { prf, hasPrf: true });
  const { token, secret } = await signIn({ prf });
  assert.equal(secret.length, 32);
  assert.deepEqual(made.secret, secret);
  assert.equal((await stack.verify(token)).user.external_id, 'bob');
  assert.equal(posted.length, 4);
  for (const body of posted) {
    assert.ok(!body.includes(Buffer.from(secret).toString('base64url')));
    assert.doesNotMatch(body, /"results"/);
  }
});

test('autofill: a passkey chosen in the page’s own field signs in', async (t) => {
  const { page, signIn } = await customer(t, 'carol');
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('input'), { autocomplete: 'username webauthn' })));
  // The virtual device chooses at once.
  const { token } = await signIn({ autofill: true });
  assert.equal((await stack.verify(token)).user.external_id, 'carol');
});
