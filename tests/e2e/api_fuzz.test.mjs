// The HTTP surface against its document: requests made from docs/openapi.json, good and odd, by a seed.
// No 500, no answer outside the document, one JSON log line a request, no growth.
//   MK2_API_FUZZ_REQUESTS (default 2500), MK2_API_FUZZ_SEED (default 1)
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { BareServer } from './support/bare_server.mjs';
import { OpenApiContract } from './support/openapi_contract.mjs';
import { until } from './support/processes.mjs';
import { randomSource, RequestMaker } from './support/request_maker.mjs';

const requests = Number(process.env.MK2_API_FUZZ_REQUESTS ?? 2500);
const seed = Number(process.env.MK2_API_FUZZ_SEED ?? 1);
const CHUNK = 250;
const MOST_GROWTH_KIB = 24 * 1024;
const NEEDED_CODES = 20;

const server = new BareServer();
before(() => server.start(1));
after(() => server.stop());

const contract = new OpenApiContract(JSON.parse(fs.readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')));

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
  const maker = new RequestMaker(randomSource(seed), contract, server);
  const seen = new Set();
  const granted = new Set();
  let memory;
  for (let done = 0; done < requests; ) {
    const pending = new Map();
    for (let i = 0; i < CHUNK && done < requests; ++i, ++done) {
      const request = { ...maker.next(), number: done };
      const answer = await server.ask(request.params, request.body)
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
    memory ??= server.residentKib();
  }
  const grown = server.residentKib() - memory;
  assert.ok(grown < MOST_GROWTH_KIB, `${grown} KiB more`);
  assert.deepEqual(await server.stop(), [{ code: 0, signal: null }]);
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
  } else if (line.route && request.method !== 'OPTIONS') {  // a preflight is no operation of the document
    mistakes.push(...contract.mistakes(line.route, request.method, status, type.split(';')[0], body));
  } else {
    if (![400, 404, 405].includes(status)) mistakes.push(`status ${status} without an operation`);
    if (request.method !== 'HEAD') mistakes.push(...contract.problemMistakes(status, type, body));
  }
  return mistakes;
}

let logAt = 0;

/** The lines of the next `count` requests; every line that the server writes must be JSON. */
async function logLines(count) {
  const [process] = server.processes;
  const written = () => process.output.slice(logAt, process.output.lastIndexOf('\n') + 1);
  await until('log lines', async () => written().split('"event":"request"').length > count, [process]);
  const text = written();
  logAt += text.length;
  return text.trimEnd().split('\n').map((line) => JSON.parse(line)).filter(({ event }) => {
    assert.notEqual(event, 'log_dropped');
    return event === 'request';
  });
}

function told({ number, params, body }) {
  return `seed ${seed}, request ${number}: ${JSON.stringify(params)} body (base64) ${body.toString('base64').slice(0, 2000)}`;
}

function answerText({ status, headers, body }) {
  return `${status} ${JSON.stringify([...headers])} ${body.toString('utf8').slice(0, 2000)}`;
}
