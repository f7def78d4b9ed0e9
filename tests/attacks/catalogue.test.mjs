// catalogue.md names tests that are there, and has a row for each case of this folder.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cases } from './cases.mjs';

const tests = fileURLToPath(new URL('../', import.meta.url));
const GROUPS = 'HJKSRAVTQUCDMF';

/** [{ id, shown: ['case', 'Suite.Test', 'file: name', …], missing }] */
const rows = fs.readFileSync(new URL('catalogue.md', import.meta.url), 'utf8').split('\n')
  .filter((line) => /^\| [A-Z]-\d/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| |[ |]+$/g, '')))
  .map(([id, , shown, missing]) => ({ id, shown: shown.split('; ').map((name) => name.replaceAll('`', '').replace(/^(case) \(.*\)$/, '$1')), missing }));

/** `Suite.Test` of all C++ sources. */
function cppTests() {
  const files = fs.readdirSync(tests, { recursive: true }).filter((name) => name.endsWith('.cpp'));
  const found = files.flatMap((name) =>
    [...fs.readFileSync(path.join(tests, name), 'utf8').matchAll(/^TEST(?:_[FP])?\((\w+),\s*(\w+)\)/gm)]);
  return new Set(found.map(([, suite, name]) => `${suite}.${name}`));
}

function isThere(name, known) {
  if (!name.includes('.test.mjs')) return known.has(name);
  const [file, title] = name.split(/\.mjs: /).map((part, i, all) => (i === 0 && all.length > 1 ? `${part}.mjs` : part));
  const at = path.join(tests, file.startsWith('sdk/') ? '..' : '', file);
  if (!fs.existsSync(at)) return false;
  return title === undefined || fs.readFileSync(at, 'utf8').includes(`test('${title}'`);
}

test('every test that it names is there', () => {
  const known = cppTests();
  const named = rows.flatMap(({ shown }) => shown).filter((name) => name !== 'case');
  assert.deepEqual(named.filter((name) => !isThere(name, known)), []);
  // That a wrong name would be seen.
  for (const wrong of ['Races.Nothing', 'e2e/nothing.test.mjs', 'e2e/guide_calls.test.mjs: nothing']) assert.ok(!isThere(wrong, known), wrong);
});

test('a row says case where this folder has one, and nowhere else', () => {
  const inFolder = cases.map(([id]) => id);
  assert.equal(new Set(inFolder).size, inFolder.length);
  assert.deepEqual(rows.filter(({ shown }) => shown.includes('case')).map(({ id }) => id).sort(), inFolder.sort());
});

test('its rows are in order, once each, and each is shown by something', () => {
  const place = ({ id }) => GROUPS.indexOf(id[0]) * 100 + Number(id.slice(2));
  const places = rows.map(place);
  assert.deepEqual(places, [...new Set(places)].sort((a, b) => a - b));
  assert.ok(rows.length > 0 && places.every((at) => at >= 0));
  assert.deepEqual(rows.filter(({ shown }) => shown.some((name) => name === '')).map(({ id }) => id), []);
});
