import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { en } from '../../.build/i18n/en.js';
import { errorText } from '../../.build/i18n/error_text.js';
import { LANGUAGES, moduleFor } from '../../.build/i18n/load.js';
import { addMessages, message } from '../../.build/i18n/messages.js';

const folder = new URL('../../src/i18n/languages/', import.meta.url);
const placeholders = (text) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();

test('the list names exactly the languages that are there, eleven besides English', () => {
  assert.deepEqual(fs.readdirSync(folder).map((name) => name.replace('.ts', '')).sort(), [...LANGUAGES].sort());
  assert.equal(LANGUAGES.length, 11);
});

for (const tag of LANGUAGES) {
  test(`${tag}: the keys of English, each with a text of its own and the same placeholders`, async () => {
    const { default: messages } = await import(`../../.build/i18n/languages/${tag}.js`);
    assert.deepEqual(Object.keys(messages).sort(), Object.keys(en).sort());
    for (const [key, text] of Object.entries(messages)) {
      assert.notEqual(text.trim(), '', key);
      assert.notEqual(text, en[key], key);
      assert.deepEqual(placeholders(text), placeholders(en[key]), key);
      assert.doesNotMatch(text, /[<>]/, key);
    }
    const built = await import(`../../dist/i18n/${tag}.js`);
    assert.deepEqual(built.default, messages);
  });
}

test('a tag leads to its own language, whatever its region', () => {
  const rows = { de: 'de', 'de-AT': 'de', 'DE-ch': 'de', pt: 'pt-BR', 'pt-PT': 'pt-BR', zh: 'zh-CN', 'zh-Hans-SG': 'zh-CN', 'ar-EG': 'ar',
    'zh-TW': undefined, 'zh-Hant': undefined, en: undefined, 'en-GB': undefined, fi: undefined, '': undefined, '../x': undefined, '"><b>': undefined };
  for (const [language, tag] of Object.entries(rows)) assert.equal(moduleFor(language), tag, language);
});

test('texts fall back from region to language to English', () => {
  addMessages('xx', { sign_in: 'base' });
  addMessages('xx-YY', { register: 'region' });
  assert.equal(message('sign_in', 'xx-YY'), 'base');
  assert.equal(message('register', 'XX-yy'), 'region');
  assert.equal(message('verifying', 'xx-YY'), en.verifying);
  assert.equal(message('sign_in', 'nobody'), en.sign_in);
});

test('what a site has set wins over what is loaded later', () => {
  addMessages('yy', { sign_in: 'of the site' });
  addMessages('yy', { sign_in: 'loaded', register: 'loaded' }, 'keep');
  assert.equal(message('sign_in', 'yy'), 'of the site');
  assert.equal(message('register', 'yy'), 'loaded');
});

test('placeholders are filled in once, as text', () => {
  assert.equal(message('owner.missing_attribute', 'en', { name: '<b>{name}' }), 'the attribute “<b>{name}” is missing.');
  assert.equal(message('owner.missing_attribute', 'en'), en['owner.missing_attribute']);
});

test('errors speak the language, too', async () => {
  const { default: messages } = await import('../../.build/i18n/languages/de.js');
  addMessages('de', messages);
  assert.equal(errorText('user_disabled', 'de-AT'), 'Dieses Konto ist gesperrt.');
  assert.equal(errorText('rate_limited', 'de'), messages['error.busy']);
});
