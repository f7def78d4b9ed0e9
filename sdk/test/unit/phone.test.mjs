// The phone's page: its texts, what it may not contain, and what browsers say no with.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { LANGUAGES } from '../../.build/i18n/load.js';
import { en } from '../../.build/phone/en.js';
import { knownObstacle, sign } from '../../.build/phone/sign.js';
import { loadTexts } from '../../.build/phone/texts.js';

const dist = (name) => fs.readFileSync(new URL(`../../dist/${name}`, import.meta.url), 'utf8');
const placeholders = (text) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();

for (const tag of LANGUAGES) {
  test(`${tag}: the keys of English with the same placeholders`, async () => {
    const { default: messages } = await import(`../../.build/phone/languages/${tag}.js`);
    assert.deepEqual(Object.keys(messages), Object.keys(en));
    for (const [key, text] of Object.entries(messages)) {
      assert.notEqual(text.trim(), '', key);
      assert.deepEqual(placeholders(text), placeholders(en[key]), key);
      assert.doesNotMatch(text, /[<>]/, key);
    }
    for (const key of ['warning', 'type_it', 'over.claimed']) assert.notEqual(messages[key], en[key], key);
    assert.deepEqual((await import(`../../dist/phone/${tag}.js`)).default, messages);
  });
}

test('languages that are not there, and those behind them, are English', async () => {
  for (const languages of [[], ['en-GB', 'de'], ['fi'], ['../x']]) {
    assert.equal((await loadTexts(languages)).language, 'en', languages.join());
  }
});

test('placeholders are filled in once, as text', async () => {
  const { text } = await loadTexts(['en']);
  assert.equal(text('type_it', { rp_id: '<b>{rp_id}' }), en.type_it.replace('{rp_id}', '<b>{rp_id}'));
});

test('the page is built of text alone and has no script or style of its own', () => {
  assert.doesNotMatch(dist('phone.js'), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|\.style\b|srcdoc/);
  assert.doesNotMatch(dist('phone.html'), /<style|\son\w+=|style=|<script(?![^>]* src=)/);
});

test('page, script and one language: 10 KiB at most', () => {
  const size = (name) => gzipSync(dist(name), { level: 9 }).length;
  const largest = Math.max(...LANGUAGES.map((tag) => size(`phone/${tag}.js`)));
  assert.ok(size('phone.html') + size('phone.js') + largest <= 10 * 1024);
});

/** A browser whose get() ends as `get` does and that can do what `can` says. */
function browser({ get, can } = {}) {
  const credentials = function PublicKeyCredential() {};
  if (can) credentials.getClientCapabilities = can;
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { credentials: { get } } });
  Object.assign(globalThis, { PublicKeyCredential: credentials, isSecureContext: true });
}

test('what the browser says no with', async () => {
  const rows = [
    ['NotAllowedError', 'cancelled'], ['AbortError', 'cancelled'], ['SecurityError', 'not_listed'],
    ['NotSupportedError', 'not_supported'], ['UnknownError', 'failed'],
  ];
  for (const [name, obstacle] of rows) {
    browser({ get: async () => { throw new DOMException('', name); } });
    await assert.rejects(sign({ challenge: 'AAAA' }), { obstacle }, name);
  }
  browser({ get: async () => null });
  await assert.rejects(sign({ challenge: 'AAAA' }), { obstacle: 'cancelled' });
  await assert.rejects(sign({ challenge: 7 }), { obstacle: 'failed' });
});

test('what is known to be missing is said before anything is asked', async () => {
  const known = (can) => (browser({ can }), knownObstacle('example.com', 'auth.example.net'));
  assert.equal(await known(async () => ({ relatedOrigins: false })), 'no_related_origins');
  assert.equal(await known(async () => ({ relatedOrigins: true })), undefined);
  assert.equal(await known(async () => ({})), undefined);
  assert.equal(await known(async () => { throw new Error(); }), undefined);
  assert.equal(await known(undefined), undefined);
  browser({ can: async () => ({ relatedOrigins: false }) });
  for (const host of ['example.com', 'auth.example.com']) assert.equal(await knownObstacle('example.com', host), undefined);
  assert.equal(await knownObstacle('example.com', 'notexample.com'), 'no_related_origins');
  delete globalThis.PublicKeyCredential;
  assert.equal(await knownObstacle('example.com', 'example.com'), 'not_supported');
});
