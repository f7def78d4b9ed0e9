// How the elements look, speak and take part in a page; axe-core in every state.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessibilityFindings, screenshot } from '../support/browser.mjs';
import { assertClean, FAILED_LOAD, useStage } from '../support/stage.mjs';

const stage = useStage();
const { visit } = stage;

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
  await visited.page.getByRole('button').first().click({ force: true });
  assert.equal(await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').state), 'ready');
  assert.equal(await visited.page.getByRole('button').first().getAttribute('aria-disabled'), 'true');
});

test('slots: own label, other ways to sign in', async () => {
  const visited = await visit('/slots');
  assert.ok(await visited.page.getByRole('button', { name: 'Einloggen' }).isVisible());
  assert.ok(await visited.page.getByRole('link', { name: 'Other ways' }).isVisible());
  await screenshot(visited.page, 'element-slots');
});

const APPEARANCES = ['light', 'dark'].flatMap((colorScheme) =>
  ['none', 'active'].flatMap((forcedColors) => ['', '/arabic'].map((folder) => ({ colorScheme, forcedColors, folder }))),
);

for (const { folder, ...colors } of APPEARANCES) {
  const title = `${colors.colorScheme}, forced colours ${colors.forcedColors}${folder && ', right to left'}`;
  test(`accessible in every state: ${title}`, async () => {
    const visited = await visit(`${folder}/login`, colors);
    const look = async (name) => {
      assert.deepEqual(await accessibilityFindings(visited.page), [], name);
      await screenshot(visited.page, `${colors.colorScheme}-${colors.forcedColors}${folder.replace('/', '-')}-${name}`);
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
    await visited.page.goto(`${stage.url}${folder}/no-token`);
    await visited.state('unavailable');
    await look('unavailable');
    stage.userToken.answer = { status: 500, body: '{}' };
    await visited.page.goto(`${stage.url}${folder}/register`);
    await visited.press();
    await visited.event('error');
    await look('failed');
    stage.userToken.answer = undefined;
    await visited.device.present(true);
    await visited.press();
    await visited.event('success');
    await look('registered');
  });
}

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
  await visited.page.goto(`${stage.url}/german`);
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
  const { height, width } = await visited.page.getByRole('button').first().boundingBox();
  assert.ok(height >= 44 && width >= 44);
  assert.equal(await visited.page.evaluate(() => document.documentElement.scrollWidth), 320);
});
