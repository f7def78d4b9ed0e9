import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { isErrorCode, SDK_CODES, SERVER_CODES } from '../../.build/error_codes.js';
import { errorText } from '../../.build/i18n/error_text.js';

const table = new URL('../../../core/service/error_codes.def', import.meta.url);

test('the server codes are exactly those of the server’s table, in its order', () => {
  const words = [...fs.readFileSync(table, 'utf8').matchAll(/^X\(\w+, "(\w+)"/gm)].map((m) => m[1]);
  assert.ok(words.length > 30);
  assert.deepEqual([...SERVER_CODES], words);
});

test('no code is in both lists or twice in one', () => {
  assert.equal(new Set([...SERVER_CODES, ...SDK_CODES]).size, SERVER_CODES.length + SDK_CODES.length);
});

test('isErrorCode takes words that look like codes: a newer server may have more', () => {
  for (const code of [...SERVER_CODES, ...SDK_CODES, 'not_thought_of_yet']) assert.ok(isErrorCode(code));
  for (const other of ['', 'ab', 'Nonsense', 'toString', '__proto__ ', 'a-b', '<b>', 'a'.repeat(41), undefined, null, 7, {}]) {
    assert.equal(isErrorCode(other), false);
  }
});

test('every code has a sentence that ends in a full stop', () => {
  for (const code of [...SERVER_CODES, ...SDK_CODES]) assert.match(errorText(code), /^[A-Z].*\.$/);
});
