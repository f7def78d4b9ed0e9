// A computer and a phone, two browsers without anything in common, over TLS on domains of their own:
// the phone signs for the shop's RP ID on the authentication server's page (Related Origin Request).
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { accessibilityFindings, addAuthenticator, openPage, screenshot } from '../../sdk/test/support/browser.mjs';
import { readQr } from '../../sdk/test/support/read_qr.mjs';
import { until } from './support/processes.mjs';
import { launchTrusting, startTlsStack } from './support/tls_stack.mjs';

const PHONE = { viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true };
let stack, browser;
const open = [];

before(async () => {
  stack = await startTlsStack();
  browser = await launchTrusting(stack);
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});
afterEach(() => Promise.all(open.splice(0).map((entry) => entry.close())));

async function openTab(options) {
  const entry = await openPage(browser, options);
  open.push(entry);
  return entry;
}

/** A page of the shop that asks the API as the SDK does. */
async function computer() {
  const { page } = await openTab();
  await page.goto(`${stack.shop}/`);
  const call = (path, token, body = {}) => page.evaluate(async ([url, bearer, json]) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(json),
    });
    return { status: response.status, ...(await response.json()) };
  }, [`${stack.url}/api/v1${path}`, token, body]);
  const code = await call('/cross_device', await stack.sessionToken());
  assert.equal(code.status, 200);
  return {
    url: code.url,
    state: async () => (await call('/cross_device/status', code.poll_token)).state,
    status: () => call('/cross_device/status', code.poll_token),
    confirm: (digits) => call('/cross_device/confirm', code.poll_token, { code: digits }),
  };
}

/** A phone with a passkey of the shop. */
async function phone(externalId = 'user-17', options = PHONE) {
  const entry = await openTab(options);
  const { page } = entry;
  const device = await addAuthenticator(page);
  if (externalId) {
    await page.goto(`${stack.shop}/`);
    const bearer = await stack.userToken(externalId);
    await page.evaluate(async ([api, token]) => {
      const post = async (path, body) => (await fetch(api + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })).json();
      const { ceremony, publicKey } = await post('/begin_registration', {});
      const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
      const credential = await navigator.credentials.create({ publicKey: options });
      const done = await post('/finish_registration', { ceremony, credential: credential.toJSON() });
      if (!done.credential) throw new Error(JSON.stringify(done));
    }, [`${stack.url}/api/v1`, bearer]);
  }
  return {
    ...entry,
    device,
    scan: async (url) => {
      await page.goto('about:blank');
      await page.goto(url);
    },
    go: () => page.getByRole('button', { name: 'Continue' }).click(),
    no: () => page.getByRole('button', { name: 'It was not me' }).click(),
    digits: async () => {
      await page.getByRole('heading', { name: 'Your code' }).waitFor();
      return (await page.locator('output').textContent()).trim();
    },
    says: (text) => page.getByText(text).waitFor(),
  };
}

const other = (digits) => String((Number(digits) + 1) % 1_000_000).padStart(6, '0');

test('scan, compare, sign, type the code: the site’s server has verified the right user', async () => {
  const [at, mobile] = [await computer(), await phone()];
  const requests = [];
  mobile.page.on('request', (request) => request.method() === 'POST' && requests.push(new URL(request.url()).pathname));
  await mobile.scan(at.url);
  await mobile.page.getByRole('heading', { name: 'Sign in on another device?' }).waitFor();
  await mobile.says('Chrome on Linux');
  assert.equal(await mobile.page.locator('bdi').nth(0).textContent(), stack.name);
  assert.equal(await mobile.page.locator('img').count(), 0);
  assert.equal(await mobile.page.locator('bdi').nth(1).textContent(), stack.rpId);
  assert.deepEqual(requests, ['/api/v1/cross_device/show']);
  assert.equal(await at.state(), 'pending');
  const [go, no] = await Promise.all(['Continue', 'It was not me'].map((name) => mobile.page.getByRole('button', { name }).boundingBox()));
  assert.deepEqual([go.width, go.height], [no.width, no.height]);
  assert.deepEqual(await accessibilityFindings(mobile.page), []);
  await screenshot(mobile.page, 'phone-ask');
  await mobile.go();
  const digits = await mobile.digits();
  assert.match(digits, /^\d{6}$/);
  await mobile.says(`Type it only at ${stack.rpId}`);
  await screenshot(mobile.page, 'phone-code');
  assert.equal(new URL(mobile.page.url()).hash, '');
  assert.equal(await at.state(), 'confirm');
  assert.equal((await at.confirm(digits)).state, 'completed');
  const { auth_token: token } = await at.status();
  const verdict = await stack.verify(token);
  assert.deepEqual([verdict.verified, verdict.user.external_id, verdict.auth.channel], [true, 'user-17', 'cross_device']);
  // The code once more: nothing is left to do.
  await mobile.scan(at.url);
  await mobile.go();
  await mobile.says('This code was scanned twice');
  assert.deepEqual(mobile.problems.filter((line) => !/Failed to load resource/.test(line)), []);
});

test('the element: the phone scans what is on the screen, its code is typed there', async () => {
  const { page, problems } = await openTab({ viewport: { width: 420, height: 560 } });
  await page.goto(`${stack.shop}/`);
  await page.evaluate(async ([url, token]) => {
    await import(`${url}/sdk/masterkey2.js`);
    const element = document.createElement('masterkey2-authenticate');
    Object.assign(element, { apiBaseUrl: url, token });
    element.setAttribute('mode', 'qr');
    globalThis.signedIn = new Promise((resolve) => element.addEventListener('success', (event) => resolve(event.detail)));
    document.body.append(element);
  }, [stack.url, await stack.sessionToken()]);
  await page.locator('[part=qr-image]').waitFor();
  const mobile = await phone();
  await mobile.scan(await readQr(page));
  await mobile.go();
  const digits = await mobile.digits();
  await page.getByLabel('Code on your phone').fill(other(digits));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Tries left: 2.').waitFor();
  await page.getByLabel('Code on your phone').fill(digits);
  await page.getByRole('button', { name: 'Confirm' }).click();
  const { token, user, method } = await page.evaluate(() => signedIn);
  assert.deepEqual([user.external_id, method], ['user-17', 'qr']);
  const verdict = await stack.verify(token);
  assert.deepEqual([verdict.verified, verdict.auth.channel], [true, 'cross_device']);
  assert.deepEqual([...problems, ...mobile.problems], []);
});

test('the element: declined on the phone', async () => {
  const { page } = await openTab({ viewport: { width: 420, height: 560 } });
  await page.goto(`${stack.shop}/`);
  await page.evaluate(async ([url, token]) => {
    await import(`${url}/sdk/masterkey2.js`);
    const element = document.createElement('masterkey2-qr');
    Object.assign(element, { apiBaseUrl: url, token });
    globalThis.failed = new Promise((resolve) => element.addEventListener('error', (event) => resolve(event.detail.code)));
    document.body.append(element);
  }, [stack.url, await stack.sessionToken()]);
  await page.locator('[part=qr-image]').waitFor();
  const mobile = await phone(undefined);
  await mobile.scan(await readQr(page));
  await mobile.no();
  assert.equal(await page.evaluate(() => failed), 'qr_denied');
});

test('“It was not me” ends it before the claim, and after it', async () => {
  const [first, second, mobile] = [await computer(), await computer(), await phone()];
  await mobile.scan(first.url);
  await mobile.no();
  await mobile.says('Nobody was signed in');
  assert.equal(await first.state(), 'denied');
  await mobile.scan(second.url);
  await mobile.go();
  const digits = await mobile.digits();
  await mobile.no();
  await mobile.says('Nobody was signed in');
  assert.equal((await second.confirm(digits)).state, 'denied');
});

test('a second phone that claims the same code ends it for both', async () => {
  const [at, mobile, stranger] = [await computer(), await phone(), await phone(null)];
  await mobile.scan(at.url);
  await mobile.go();
  const digits = await mobile.digits();
  await stranger.scan(at.url);
  await stranger.go();
  await stranger.says('This code was scanned twice');
  assert.equal((await at.confirm(digits)).state, 'denied');
});

test('three wrong codes end it', async () => {
  const [at, mobile] = [await computer(), await phone()];
  await mobile.scan(at.url);
  await mobile.go();
  const digits = await mobile.digits();
  assert.equal((await at.confirm(other(digits))).attempts_left, 2);
  assert.equal((await at.confirm(other(digits))).attempts_left, 1);
  assert.equal((await at.confirm(other(digits))).state, 'denied');
  assert.equal((await at.confirm(digits)).state, 'denied');
});

test('a passkey that is not known is no dead end', async () => {
  const [at, mobile] = [await computer(), await phone()];
  await stack.deleteUser('user-17');
  await mobile.scan(at.url);
  await mobile.go();
  await mobile.says('This passkey is not known there');
  assert.equal(await at.state(), 'scanned');
  await mobile.no();
  await mobile.says('Nobody was signed in');
});

test('a site without the list: the phone names it', async () => {
  const [at, mobile] = [await computer(), await phone()];
  await stack.withoutList(async () => {
    await mobile.scan(at.url);
    await mobile.go();
    await mobile.says(`does not let this page use the passkeys of ${stack.rpId}`);
    await mobile.says(`has to list ${stack.url}`);
  });
  assert.equal(await at.state(), 'scanned');
});

for (const [locale, title, dir] of [['de-AT', 'Auf einem anderen Gerät anmelden?', 'ltr'], ['ar-EG', 'هل تريد تسجيل الدخول على جهاز آخر؟', 'rtl']]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`it speaks the language of the phone, accessible in every state: ${locale}, ${colorScheme}`, async () => {
      const mobile = await phone('user-17', { ...PHONE, locale, colorScheme });
      const { page } = mobile;
      const button = () => page.getByRole('button').first();
      const look = async (name) => {
        assert.deepEqual(await accessibilityFindings(page), [], name);
        await screenshot(page, `phone-${dir}-${colorScheme}-${name}`);
      };
      const scan = async () => {
        const at = await computer();
        await mobile.scan(at.url);
        await page.getByRole('heading', { name: title }).waitFor();
        await button().waitFor();
        return at;
      };
      const at = await scan();
      assert.equal(await page.locator('html').getAttribute('dir'), dir);
      await look('ask');
      await mobile.device.present(false);
      await button().click();
      await until('a claim', async () => (await at.state()) === 'scanned', []);
      await look('prompting');
      await mobile.device.present(true);
      await scan();
      await button().click();
      await page.locator('output').waitFor();
      await look('code');
      await mobile.device.clear();
      await scan();
      await button().click();
      await page.getByRole('alert').waitFor();
      await look('again');
      await page.getByRole('button').last().click();
      await page.getByRole('button').waitFor({ state: 'detached' });
      await page.getByRole('alert').waitFor();
      await look('over');
      assert.deepEqual(mobile.problems, []);
    });
  }
}

test('no code, a broken one, and a page in a frame', async () => {
  const mobile = await phone(null);
  for (const url of [`${stack.url}/q`, `${stack.url}/q#mk2q_nonsense`, `${stack.url}/q#<img src=x onerror=alert(1)>`]) {
    await mobile.scan(url);
    await mobile.says('Scan the code on the computer’s screen once more.');
  }
  const { page } = await openTab();
  await page.goto(`${stack.shop}/`);
  const framed = await page.evaluate((url) => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.addEventListener('load', () => resolve(frame.contentDocument === null));
    frame.src = url;
    document.body.append(frame);
  }), `${stack.url}/q`);
  assert.ok(framed);
  assert.equal(await page.frames()[1].locator('main').count(), 0);
});
