// The reference page as a reader finds it: its links lead somewhere, and its table of errors is the
// server's.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';

const read = (name) => fs.readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const page = read('docs/api.md');
const all = (pattern, text) => [...text.matchAll(pattern)].map((match) => match.slice(1));

test('every link leads to one anchor', () => {
  const anchors = all(/<a id="([^"]+)"><\/a>/g, page).flat();
  assert.equal(new Set(anchors).size, anchors.length);
  const targets = all(/\]\(#([^)]+)\)/g, page).flat();
  assert.ok(targets.length > 100);
  assert.deepEqual(targets.filter((target) => !anchors.includes(target)), []);
});

test('its table of errors is the server’s, in its order', () => {
  const served = all(/^X\(\w+, "(\w+)", (\d+), "(.*)"\)$/gm, read('core/service/error_codes.def'));
  const shown = all(/^\| (\d+) \| <a id="\w+"><\/a>`(\w+)` \| (.*?) \| .+ \|$/gm, page);
  assert.ok(served.length > 30);
  assert.deepEqual(shown.map(([status, code, detail]) => [code, status, detail]), served);
});

test('each operation is in its contents', () => {
  const { paths } = JSON.parse(read('docs/openapi.json'));
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => [operationId, `${method.toUpperCase()} ${path}`]));
  for (const [id, call] of operations) assert.match(page, new RegExp(`^\\| \\[.+\\]\\(#${id}\\) \\| \`${call.replace(/[{}.]/g, '\\$&')}\` \\|$`, 'm'));
});
