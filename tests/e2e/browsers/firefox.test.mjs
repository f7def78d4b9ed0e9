// Registering and signing in with Firefox and a passkey device of its own, in front of the real server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchFirefox } from '../../../sdk/test/support/firefox.mjs';
import { startStack } from '../support/stack.mjs';

let stack, firefox;

before(async () => {
  stack = await startStack();
  firefox = await launchFirefox();
});
after(async () => {
  await firefox?.close();
  await stack?.stop();
});

async function signUp({ page, type, press }, name) {
  await page.goto(`${stack.site.url}/register`);
  await type('input', name);
  await press('Continue');
}

test('Firefox without a passkey device: the code first, the button beneath', async () => {
  const { page, see, problems } = await firefox.openPage();
  await page.goto(`${stack.site.url}/login`);
  const code = await see('[part=qr-image]');
  const button = await see('button', 'Use this device or a security key');
  assert.ok(code.y < button.y);
  assert.deepEqual(problems, []);
});

test('Firefox with one: sign up, create a passkey, sign in with the button beneath the code', async () => {
  const visitor = await firefox.openPage();
  const { page, see, press, problems } = visitor;
  const device = await firefox.addDevice();
  await signUp(visitor, 'Fiona');
  await press('Create a passkey');
  await see('a', 'sign in with your passkey');
  const [passkey, ...more] = await device.credentials();
  assert.deepEqual([passkey.rpId, more.length], ['localhost', 0]);
  assert.equal(Buffer.from(passkey.userHandle, 'base64url').length, 32);

  await page.goto(`${stack.site.url}/login`);
  // What it tells of its capabilities does not know of such a device: the code stays first.
  await see('[part=qr-image]');
  await press('Use this device or a security key');
  await see('h1', 'Hello, Fiona');
  assert.equal(new URL(page.url()).pathname, '/account');
  await device.remove();
  assert.deepEqual(problems, []);
});

test('Firefox: whoever says no has cancelled, and nothing is registered', async () => {
  const visitor = await firefox.openPage();
  const { page, see, press, problems } = visitor;
  const device = await firefox.addDevice({ consents: false });
  await signUp(visitor, 'Frank');
  await see('button', 'Create a passkey');
  const failure = page.evaluate(() => new Promise((resolve) => {
    document.querySelector('masterkey2-register').addEventListener('error', ({ detail }) => resolve(detail.code));
  }));
  await press('Create a passkey');
  assert.equal(await failure, 'user_cancelled');
  assert.deepEqual(await device.credentials(), []);
  await device.remove();
  assert.deepEqual(problems, []);
});
