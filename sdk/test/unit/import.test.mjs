import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';

const dist = new URL('../../dist/', import.meta.url);

for (const file of ['masterkey2.js', 'core.js']) {
  test(`${file} can be imported without a DOM`, () => {
    const script = `const m = await import(${JSON.stringify(new URL(file, dist).href)});
      console.log(JSON.stringify([typeof m.default, m.default === m.MasterKey2, m.MK2Events.AUTH_SUCCESS, m.VERSION]));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const { version } = JSON.parse(fs.readFileSync(new URL('../package.json', dist), 'utf8'));
    assert.deepEqual(JSON.parse(out), ['function', true, 'mk2:auth-success', version]);
  });

  test(`${file} parses no markup and evaluates no text`, () => {
    const text = fs.readFileSync(new URL(file, dist), 'utf8');
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|localStorage|document\.cookie/);
    assert.ok(text.startsWith('/*! MasterKey2 '));
  });

  test(`${file} listens to no other window`, () => {
    const text = fs.readFileSync(new URL(file, dist), 'utf8');
    assert.doesNotMatch(text, /["']message["']|onmessage|postMessage|BroadcastChannel|\bopener\b/);
    assert.match(text, /addEventListener\(["']visibilitychange["']/);
  });
}

test('package.json exports files that are there', () => {
  const { exports } = JSON.parse(fs.readFileSync(new URL('../package.json', dist), 'utf8'));
  const paths = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
  assert.ok(paths.length > 5);
  for (const path of paths) {
    const file = new URL(`../${path.replace('./', '').replace('*', 'de')}`, dist);
    assert.ok(fs.existsSync(file), path);
  }
});
