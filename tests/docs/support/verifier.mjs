// Runs the reference verifiers of docs/verifiers, as an integrator would.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../docs/verifiers/', import.meta.url));
// Debian's own interpreters, so that its packages are what is tested.
const interpreters = { php: 'php', py: '/usr/bin/python3', mjs: process.execPath, sh: 'bash' };

function run(command, args, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.once('error', reject).once('close', (code) => resolve({ code, out, err: err.trim() }));
    child.stdin.on('error', () => {}).end(input);
  });
}

/** `name`: verify_assertion or verify_proof. Resolves with { php: { code, out, err }, … }. */
async function runAll(name, args, input) {
  const runs = Object.entries(interpreters).map(async ([ending, command]) => [
    ending,
    await run(command, [`${folder}${name}.${ending}`, ...args], input),
  ]);
  return Object.fromEntries(await Promise.all(runs));
}

/** All four accept and print `printed`. */
export async function assertAccepts(name, args, input, printed) {
  for (const [ending, { code, out, err }] of Object.entries(await runAll(name, args, input))) {
    assert.deepEqual([ending, code, err], [ending, 0, '']);
    assert.deepEqual(JSON.parse(out), printed, ending);
  }
}

/** All four refuse with that word, and print nothing else. */
export async function assertRefuses(word, name, args, input) {
  for (const [ending, result] of Object.entries(await runAll(name, args, input))) {
    assert.deepEqual([ending, result], [ending, { code: 1, out: '', err: word }]);
  }
}

/** All four say that they were called wrongly. */
export async function assertUsage(name, args) {
  for (const [ending, { code, out }] of Object.entries(await runAll(name, args, ''))) {
    assert.deepEqual([ending, code, out], [ending, 2, '']);
  }
}
