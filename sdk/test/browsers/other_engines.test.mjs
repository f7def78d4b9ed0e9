// Firefox and WebKitGTK as Debian has them. Firefox on a computer shows the code first and the button
// beneath it; WebKitGTK has no WebAuthn at all and shows the code alone.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { firefox } from 'playwright-core';
import { problem, startFakeServer } from '../support/fake_server.mjs';
import { readQr } from '../support/read_qr.mjs';
import { startSite } from '../support/site.mjs';
import { openWebKit, until } from '../support/webdriver.mjs';

const DONE = { state: 'completed', expires_in: 90, user: { id: 'dXNlcg', external_id: 'alice' }, auth_token: 'mk2a_q' };
const CODE_URL = `http://auth.test/q#mk2q_${'Az09-_'.repeat(25)}`;
let server, site;

before(async () => {
  server = await startFakeServer();
  const element = (attributes) => `<masterkey2-authenticate api-base-url="${server.url}" qr-poll-interval="20" ${attributes}></masterkey2-authenticate>`;
  site = await startSite({
    sdk: server.url,
    pages: {
      '/login': element('token="mk2s_t"'),
      '/no-token': element(''),
      '/register': `<masterkey2-register api-base-url="${server.url}" token="mk2u_t"></masterkey2-register>`,
    },
  });
});
after(async () => {
  await site?.close();
  await server?.close();
});
afterEach(() => server.restore());

const say = (state, more = {}) => server.change('cross_device/status', { state, expires_in: 110, ...more });
/** A server whose code is `CODE_URL` and whose phone shows 123456. */
function phoneIsThere() {
  server.change('cross_device', { url: CODE_URL, poll_token: 'mk2p_t', expires_in: 120, poll_ms: 20 });
  server.change('cross_device/confirm', (response) => {
    say('completed', DONE);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"state":"completed"}');
  });
}
const picture = (name) => process.env.MK2_SCREENSHOTS && path.join(process.env.MK2_SCREENSHOTS, `${name}.png`);

async function withFirefox(act) {
  const browser = await firefox.launch({
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    channel: 'moz-firefox',
    headless: true,
    firefoxUserPrefs: { 'network.dns.forceResolve': '127.0.0.1' },
  });
  try {
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await act(page, problems);
  } finally {
    await browser.close();
  }
}

test('Firefox: the code first, the button beneath; scanned, typed, signed in', async () => {
  phoneIsThere();
  await withFirefox(async (page, problems) => {
    await page.goto(`${site.url}/login`);
    await page.locator('[part=qr-image]').waitFor();
    assert.deepEqual(await page.getByRole('button').allTextContents(), ['Use this device or a security key']);
    assert.equal(await readQr(page), CODE_URL);
    if (picture('')) await page.screenshot({ path: picture('firefox-qr') });
    await page.evaluate(() => {
      globalThis.done = new Promise((resolve) => document.querySelector('masterkey2-authenticate')
        .addEventListener('success', ({ detail }) => resolve({ token: detail.token, method: detail.method })));
    });
    say('confirm', { attempts_left: 3 });
    await page.getByLabel('Code on your phone').fill('123456');
    if (picture('')) await page.screenshot({ path: picture('firefox-confirm') });
    await page.getByRole('button', { name: 'Confirm' }).click();
    assert.deepEqual(await page.evaluate(() => done), { token: 'mk2a_q', method: 'qr' });
    // The driver puts a style into the page for each picture.
    assert.deepEqual(problems.filter((text) => !/favicon\.ico|style-src-elem/.test(text)), []);
  });
});

test('Firefox: code and panel violate no policy; a tenant without codes', async () => {
  await withFirefox(async (page, problems) => {
    await page.goto(`${site.url}/login`);
    await page.locator('[part=qr-image]').waitFor();
    await page.goto(`${site.url}/no-token`);
    await page.getByText('Authentication Unavailable').waitFor();
    assert.deepEqual(problems.filter((text) => !text.includes('favicon.ico')), []);
    server.change('cross_device', problem(404, 'not_found'));
    await page.goto(`${site.url}/login`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
    assert.equal(await page.locator('[part=qr]').count(), 0);
  });
});

test('WebKitGTK: no WebAuthn, so the code alone; a registration says what to do', async () => {
  phoneIsThere();
  const webkit = await openWebKit();
  try {
    await webkit.go(`${site.url}/login`);
    const inside = (selector) => `document.querySelector('masterkey2-authenticate').shadowRoot.querySelector('${selector}')`;
    await until(() => webkit.run(`return ${inside('[part=qr-image] path')}?.getAttribute('d').length > 1000`));
    assert.equal(await webkit.run('return typeof PublicKeyCredential'), 'undefined');
    assert.equal(await webkit.run(`return ${inside('[part=button]')} === null`), true);
    if (picture('')) await webkit.screenshot(picture('webkit-qr'));
    await webkit.run("document.querySelector('masterkey2-authenticate').addEventListener('success', ({ detail }) => { globalThis.got = detail.token; })");
    say('confirm', { attempts_left: 3 });
    await until(() => webkit.run(`return ${inside('[part=code-form]')}?.hidden === false`));
    await webkit.run(`${inside('[part=code-input]')}.value = '123456'; ${inside('[part=code-submit]')}.click()`);
    assert.equal(await until(() => webkit.run('return globalThis.got')), 'mk2a_q');

    await webkit.go(`${site.url}/register`);
    const panel = "document.querySelector('masterkey2-register').shadowRoot.querySelector('[part=panel]')?.textContent";
    assert.match(await until(() => webkit.run(`return ${panel}`)), /cannot use passkeys/);
    if (picture('')) await webkit.screenshot(picture('webkit-panel'));
  } finally {
    await webkit.close();
  }
});
