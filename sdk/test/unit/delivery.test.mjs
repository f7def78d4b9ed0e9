import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';

const root = new URL('../../', import.meta.url);
const bytes = (name) => fs.readFileSync(new URL(name, root));
const json = (name) => JSON.parse(bytes(name));
const { version } = json('package.json');

test('integrity.json and the README have the hashes of the files as they are', () => {
  const { version: built, integrity } = json('dist/integrity.json');
  assert.equal(built, version);
  assert.ok(Object.keys(integrity).length > 20);
  for (const [name, hash] of Object.entries(integrity)) {
    assert.equal(hash, `sha384-${createHash('sha384').update(bytes(`dist/${name}`)).digest('base64')}`, name);
  }
  const readme = String(bytes('README.md'));
  assert.ok(readme.includes(`/sdk/${version}/masterkey2.js`));
  assert.ok(readme.includes(integrity['masterkey2.js']));
});

test('the script is at most 16 KiB of gzip', () => {
  assert.ok(gzipSync(bytes('dist/masterkey2.js'), { level: 9 }).length <= 16 * 1024);
});

test('the script loads nothing but its languages and qr.js, from beside itself', () => {
  const script = String(bytes('dist/masterkey2.js'));
  assert.deepEqual([...script.matchAll(/import\(([^)]*)\)/g)].map((match) => match[1].slice(0, 22)).sort(), ['"./qr.js"', 'new URL(`i18n/${e}.js`']);
  assert.doesNotMatch(String(bytes('dist/qr.js')), /\bimport\b/);
});

test('the manifest names the four elements with what their documentation promises', () => {
  const { schemaVersion, modules: [{ declarations, exports }] } = json('dist/custom-elements.json');
  assert.equal(schemaVersion, '1.0.0');
  const byTag = Object.fromEntries(declarations.map((declaration) => [declaration.tagName, declaration]));
  assert.deepEqual(Object.keys(byTag), ['masterkey2-authenticate', 'masterkey2-passkey-button', 'masterkey2-qr', 'masterkey2-register']);
  assert.deepEqual(exports.filter((entry) => entry.kind === 'custom-element-definition').map((entry) => entry.name), Object.keys(byTag));
  const names = (tag, list) => byTag[tag][list].map((entry) => entry.name);
  for (const name of ['api-base-url', 'token', 'mode', 'autofill', 'immediate', 'hints', 'form-field', 'qr-poll-interval', 'qr-expiration-time', 'timeout', 'disabled', 'lang', 'debug']) {
    assert.ok(names('masterkey2-authenticate', 'attributes').includes(name), name);
  }
  for (const name of ['api-base-url', 'assertion-url', 'assertion-method', 'token', 'name', 'upgrade']) assert.ok(names('masterkey2-register', 'attributes').includes(name), name);
  for (const part of ['container', 'button', 'button-icon', 'button-label', 'spinner', 'status', 'qr', 'qr-image', 'qr-caption', 'qr-time', 'refresh', 'code-form', 'code-label', 'code-input', 'code-submit', 'alternative', 'panel', 'panel-title', 'panel-text', 'error']) {
    assert.ok(names('masterkey2-authenticate', 'cssParts').includes(part), part);
    assert.equal(names('masterkey2-register', 'cssParts').includes(part), !/^(qr|code|refresh|alternative)/.test(part), part);
  }
  for (const slot of ['heading', 'button-label', 'button-icon', 'help', 'qr-help', 'fallback']) assert.ok(names('masterkey2-authenticate', 'slots').includes(slot), slot);
  for (const method of ['authenticate', 'cancel', 'refreshQr', 'reset']) assert.ok(names('masterkey2-authenticate', 'members').includes(method), method);
  for (const state of ['ready', 'busy', 'qr', 'confirm', 'success', 'failed', 'unavailable']) assert.ok(names('masterkey2-authenticate', 'cssStates').includes(state), state);
  for (const declaration of declarations) assert.match(declaration.description, /^`<masterkey2-/);
});

test('the README names every attribute, part and custom property', () => {
  const readme = String(bytes('README.md'));
  const { modules: [{ declarations }] } = json('dist/custom-elements.json');
  for (const { attributes, cssParts, cssProperties, slots } of declarations) {
    for (const { name } of [...attributes, ...cssParts, ...cssProperties, ...slots]) assert.ok(readme.includes(`\`${name}\``), name);
  }
});
