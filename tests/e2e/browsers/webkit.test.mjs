// WebKitGTK, which has no WebAuthn, before the real server: the code alone, or the panel.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openWebKit, until } from '../../../sdk/test/support/webdriver.mjs';
import { startStack } from '../support/stack.mjs';

let stack, webkit;

before(async () => {
  stack = await startStack();
  webkit = await openWebKit();
});
after(async () => {
  await webkit?.close();
  await stack?.stop();
});

const inside = (element, selector) => `document.querySelector('${element}')?.shadowRoot?.querySelector('${selector}')`;

test('WebKitGTK: the site’s login page shows the server’s code and no button', async () => {
  await webkit.go(`${stack.site.url}/login`);
  assert.equal(await webkit.run('return typeof PublicKeyCredential'), 'undefined');
  await until(() => webkit.run(`return ${inside('masterkey2-authenticate', '[part=qr-image] path')}?.getAttribute('d').length > 1000`));
  assert.equal(await webkit.run(`return ${inside('masterkey2-authenticate', '[part=button]')} === null`), true);
  assert.equal(await webkit.run("return document.querySelector('masterkey2-authenticate').state"), 'qr_pending');
});

test('WebKitGTK: a page that lacks the token has the panel', async () => {
  await webkit.go(`${stack.site.url}/login`);
  await webkit.run("document.querySelector('masterkey2-authenticate').removeAttribute('token')");
  const panel = `${inside('masterkey2-authenticate', '[part=panel]')}?.textContent`;
  assert.match(await until(() => webkit.run(`return ${panel}`)), /token/);
});
