// What the server says of passkeys reaches the device (Signal API): one that is gone from the server disappears
// there, too, and names follow. After a restore nothing is said.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { addAuthenticator, openPage } from '../../sdk/test/support/browser.mjs';
import { until } from './support/processes.mjs';
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

/** A page of the shop with the SDK, and a device with a passkey of `externalId`. */
async function visitor(t, externalId) {
  const entry = await openPage(browser);
  t.after(() => entry.close());
  const { page } = entry;
  const device = await addAuthenticator(page);
  await page.addInitScript(() => {
    globalThis.signals = [];
    for (const name of ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails']) {
      const send = PublicKeyCredential[name];
      PublicKeyCredential[name] = (options) => {
        signals.push(name);
        return send.call(PublicKeyCredential, options);
      };
    }
  });
  await page.goto(`${stack.shop}/`);
  const ask = (method, token) => page.evaluate(async ([url, call, options]) => {
    const { MasterKey2 } = await import(`${url}/sdk/masterkey2.js`);
    const auth = new MasterKey2({ apiBaseUrl: url, token: options.token });
    try {
      await auth.passkey[call](options);
      return 'done';
    } catch (error) {
      return error.code;
    }
  }, [stack.url, method, { token }]);
  assert.equal(await ask('register', await stack.userToken(externalId)), 'done');
  return {
    page,
    device,
    ids: async () => (await device.credentials()).map(({ credentialId }) => credentialId),
    signIn: async (body) => ask('authenticate', await stack.sessionToken(body)),
    signals: () => page.evaluate(() => signals),
  };
}

/** A passkey that a device has and the server does not, of the same user. */
function forgotten({ rpId, userHandle }) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    credentialId: randomBytes(16).toString('base64'),
    isResidentCredential: true,
    rpId,
    userHandle,
    privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
    signCount: 1,
  };
}

test('a passkey that the server does not know disappears from the device', async (t) => {
  const ada = await visitor(t, 'ada');
  assert.equal((await ada.ids()).length, 1);
  await stack.deleteUser('ada');
  assert.equal(await ada.signIn(), 'credential_not_found');
  assert.deepEqual(await ada.signals(), ['signalUnknownCredential']);
  await until('an empty device', async () => (await ada.ids()).length === 0, []);
});

test('a sign-in removes what is no longer accepted, keeps the rest, and brings the names up to date', async (t) => {
  const bob = await visitor(t, 'bob');
  const [passkey] = await bob.device.credentials();
  // A device holds one passkey of a user.
  const second = await addAuthenticator(bob.page, { transport: 'usb' });
  await second.add(forgotten(passkey));
  assert.equal((await second.credentials()).length, 1);
  await stack.userToken('bob', { username: 'bob@example.com', display_name: 'Bob B.' });
  assert.equal(await bob.signIn({ external_id: 'bob' }), 'done');
  assert.deepEqual((await bob.signals()).sort(), ['signalAllAcceptedCredentials', 'signalCurrentUserDetails']);
  await until('the end of the other passkey', async () => (await second.credentials()).length === 0, []);
  const [left] = await bob.device.credentials();
  assert.deepEqual([left.credentialId, left.userName, left.userDisplayName], [passkey.credentialId, 'bob@example.com', 'Bob B.']);
});

test('after a restore nothing is said, and the device keeps what it has', async (t) => {
  const [eve, dan] = [await visitor(t, 'eve'), await visitor(t, 'dan')];
  await stack.afterRestore();
  assert.equal(await eve.signIn(), 'done');
  await stack.deleteUser('dan');
  assert.equal(await dan.signIn(), 'credential_not_found');
  for (const person of [eve, dan]) {
    assert.deepEqual(await person.signals(), []);
    assert.equal((await person.ids()).length, 1);
  }
});
