// The HTTP surface against its document: requests made from docs/openapi.json, good and odd, by a seed.
// No 500, no answer outside the document, one JSON log line a request, no growth.
//   MK2_API_FUZZ_REQUESTS (default 1500), MK2_API_FUZZ_SEED (default 1)
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askFastcgi } from './support/fastcgi.mjs';
import { OpenApiContract } from './support/openapi_contract.mjs';
import { start, stop, until } from './support/processes.mjs';
import { randomSource, RequestMaker } from './support/request_maker.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const build = path.resolve(root, process.env.MK2_BUILD ?? 'build/dev');
const requests = Number(process.env.MK2_API_FUZZ_REQUESTS ?? 1500);
const seed = Number(process.env.MK2_API_FUZZ_SEED ?? 1);
const CHUNK = 250;
const MOST_GROWTH_KIB = 24 * 1024;
const NEEDED_CODES = 20;

const site = { rpId: 'localhost', origin: 'http://localhost:3000' };
let folder;
let server;

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-fuzz-'));
  const config = path.join(folder, 'masterkey2.yaml');
  fs.writeFileSync(config, `listen: unix:${folder}/socket
base_url: http://localhost:8081
plugin_dir: ${build}/plugins
allow_own_plugins: true
workers: 4
rate_limits: {enabled: false}
storage: {plugin: flatfile, options: {path: ${folder}/data}}
keyring: ${folder}/keyring.json
`, { mode: 0o600 });
  const ctl = (...args) => execFileSync(path.join(build, 'ctl/masterkey2ctl'), ['--config', config, ...args], { encoding: 'utf8' });
  ctl('storage', 'init');
  const tenant = JSON.parse(ctl('--json', 'tenant', 'create', '--name', 'Fuzz', '--rp-id', site.rpId, '--origin', site.origin));
  site.apiKey = tenant.api_key;
  site.tenantId = tenant.tenant?.id ?? tenant.id;
  server = start('masterkey2-fcgi', path.join(build, 'fcgi/masterkey2-fcgi'), ['--config', config]);
  await until('a start', async () => server.output.includes('"event":"start"'), [server]);
});

after(async () => {
  if (server) await stop(server);
  fs.rmSync(folder, { recursive: true, force: true });
});

const contract = new OpenApiContract(JSON.parse(fs.readFileSync(path.join(root, 'docs/openapi.json'), 'utf8')));

test('an answer outside the document is seen', () => {
  const said = (status, type, body) => contract.mistakes('/healthz', 'GET', status, type, Buffer.from(body)).length;
  const problem = { type: 'urn:masterkey2:error:internal', title: '', status: 500, detail: '', code: 'internal', request_id: 'a' };
  assert.equal(said(200, 'application/json', '{"status":"ok"}'), 0);
  assert.equal(said(500, 'application/problem+json', JSON.stringify(problem)), 0);
  assert.ok(said(404, 'application/problem+json', JSON.stringify(problem)));
  assert.ok(said(200, 'text/html', '{"status":"ok"}'));
  assert.ok(said(200, 'application/json', '{"status":"ok"'));
  assert.ok(said(200, 'application/json', '{"status":"ok","more":1}'));
  assert.ok(said(200, 'application/json', '{"status":1}'));
  assert.ok(said(500, 'application/problem+json', JSON.stringify({ ...problem, code: 'token_used' })));
  assert.ok(contract.mistakes('/nowhere', 'GET', 200, 'application/json', Buffer.from('{}')).length);
});

test(`${requests} requests with seed ${seed} are answered as documented`, async () => {
  const maker = new RequestMaker(randomSource(seed), contract, site);
  const seen = new Set();
  const granted = new Set();
  let memory;
  for (let done = 0; done < requests; ) {
    const pending = new Map();
    for (let i = 0; i < CHUNK && done < requests; ++i, ++done) {
      const request = { ...maker.next(), number: done };
      const answer = await askFastcgi(`${folder}/socket`, request.params, request.body)
        .catch((error) => assert.fail(`${error.message}: ${told(request)}`));
      maker.learn(request, answer);
      const id = answer.headers.get('x-request-id');
      assert.ok(id && !pending.has(id), `request id ${id}: ${told(request)}`);
      pending.set(id, { request, answer });
    }
    const lines = await logLines(pending.size);
    for (const line of lines) {
      const exchange = pending.get(line.request_id);
      assert.ok(exchange, `two log lines, or one of nobody: ${JSON.stringify(line)}`);
      pending.delete(line.request_id);
      const mistakes = judge(contract, exchange, line);
      assert.deepEqual(mistakes, [], `${told(exchange.request)}\n${answerText(exchange.answer)}\n${JSON.stringify(line)}`);
      seen.add(line.code ?? '');
      if (exchange.answer.status === 200) granted.add(`${line.method} ${line.route}`);
    }
    assert.equal(pending.size, 0, 'requests without a log line');
    memory ??= residentKib();
  }
  assert.ok(residentKib() - memory < MOST_GROWTH_KIB, `grew from ${memory} to ${residentKib()} KiB`);
  assert.deepEqual(await stop(server), { code: 0, signal: null });
  // Else the requests say little.
  assert.ok(seen.size >= NEEDED_CODES, `only ${[...seen]}`);
  const missing = contract.operations.map(({ method, path: route }) => `${method} ${route}`).filter((name) => !granted.has(name));
  assert.deepEqual(missing.filter((name) => !name.includes('.well-known')), []);
});

function judge(contract, { request, answer }, line) {
  const { status, headers, body } = answer;
  const type = headers.get('content-type') ?? '';
  const mistakes = [];
  if (status >= 500) mistakes.push(`status ${status}`);
  if (line.status !== status) mistakes.push('another status in the log');
  if (headers.get('x-content-type-options') !== 'nosniff') mistakes.push('no nosniff');
  if (!headers.get('cache-control')) mistakes.push('no Cache-Control');
  if (status === 405 && !headers.get('allow')) mistakes.push('no Allow');
  if (status === 204) {
    if (request.method !== 'OPTIONS' || body.length > 0) mistakes.push('204');
  } else if (line.route) {
    mistakes.push(...contract.mistakes(line.route, request.method, status, type.split(';')[0], body));
  } else {
    if (![400, 404, 405].includes(status)) mistakes.push(`status ${status} without a route`);
    if (request.method !== 'HEAD') mistakes.push(...contract.problemMistakes(status, type, body));
  }
  return mistakes;
}

let logAt = 0;

/** The lines of the next `count` requests; every line that the server writes must be JSON. */
async function logLines(count) {
  const written = () => server.output.slice(logAt, server.output.lastIndexOf('\n') + 1);
  await until('log lines', async () => written().split('"event":"request"').length > count, [server]);
  const text = written();
  logAt += text.length;
  return text.trimEnd().split('\n').map((line) => JSON.parse(line)).filter(({ event }) => {
    assert.notEqual(event, 'log_dropped');
    return event === 'request';
  });
}

function residentKib() {
  return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]);
}

function told({ number, params, body }) {
  return `seed ${seed}, request ${number}: ${JSON.stringify(params)} body (base64) ${body.toString('base64').slice(0, 2000)}`;
}

function answerText({ status, headers, body }) {
  return `${status} ${JSON.stringify([...headers])} ${body.toString('utf8').slice(0, 2000)}`;
}
