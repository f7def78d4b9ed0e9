// Every example of the reference page, run as it stands there by a shell against a real server, and
// the answers held against the document: those that it shows and those that the server gives.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { curlCommand } from '../../docs/curl_command.mjs';
import { errorAnswer, operations, successOf } from '../../docs/make_api_page.mjs';
import { SchemaChecker } from './support/schema.mjs';
import { Site, startInstallation } from './support/site.mjs';

const read = (name) => fs.readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const document = JSON.parse(read('openapi.json'));
const page = read('api.md');
const checker = new SchemaChecker(document);
const USER = 'user-17';
const NONCE = 'BwcHBwcHBwcHBwcHBwcHBw';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-docs-'));
const keys = {};
let installation, site;
/** Another one, whose own host is a tenant's RP ID: localhost is none. */
let hostOfATenant;

before(async () => {
  installation = await startInstallation();
  site = new Site(installation, 'Shop', 'example.com');
  for (const scopes of [['sign-in'], ['manage'], ['audit'], ['sign-in', 'manage'], ['sign-in', 'audit'], ['manage', 'audit'], []]) {
    keys[scopes.join()] = addKey(scopes);
  }
  await site.call('POST', '/proof-forwarding', { body: { enabled: true } });
  installation.ctl('tenant', 'set', site.tenantId, '--set', 'related_origins=https://example.co.uk');
  hostOfATenant = await startInstallation('auth.localhost');
  hostOfATenant.createTenant('Shop', 'auth.localhost', ['https://auth.localhost'], ['related_origins=https://example.co.uk']);
});
after(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await installation?.stop();
  await hostOfATenant?.stop();
});

/** A key with these scopes; all of them if there are none. */
function addKey(scopes) {
  const options = scopes.flatMap((scope) => ['--scope', scope]);
  const name = scopes.join('-') || 'all';
  return JSON.parse(installation.ctl('--json', 'tenant', 'key', 'add', site.tenantId, '--name', name, ...options)).api_key;
}

/** The variables that an example needs: one user with one passkey, and what calls before it answered. */
async function variables({ operation }) {
  await site.call('DELETE', `/users/${USER}`).catch(() => {});
  const passkey = await site.register(USER);
  const [USER_TOKEN, SESSION_TOKEN] = await Promise.all([site.userToken(USER), site.sessionToken({ challenge_nonce: NONCE })]);
  const scopes = operation.security[0]?.apiKey ?? [];
  const known = {
    MASTERKEY2_URL: installation.url, MK2_API_KEY: keys[scopes.join()],
    USER_TOKEN, SESSION_TOKEN, CREDENTIAL_ID: passkey.credentialId, TENANT_ID: site.tenantId,
  };
  return { ...known, ...(await ceremony(operation.operationId, passkey, known)) };
}

async function ceremony(operationId, passkey, { USER_TOKEN, SESSION_TOKEN }) {
  if (operationId === 'verifyAuth') return { AUTH_TOKEN: await site.signIn(passkey, SESSION_TOKEN) };
  if (operationId === 'finishAuthentication') {
    const begun = await site.call('POST', '/begin_authentication', { bearer: SESSION_TOKEN });
    return { CEREMONY: begun.ceremony, CREDENTIAL: JSON.stringify(passkey.get(begun.publicKey)) };
  }
  if (operationId === 'finishRegistration') {
    const begun = await site.call('POST', '/begin_registration', { bearer: USER_TOKEN });
    return { CEREMONY: begun.ceremony, CREDENTIAL: JSON.stringify(site.newPasskey().create(begun.publicKey)) };
  }
  return /crossDevice/i.test(operationId) ? crossDevice(operationId, passkey, SESSION_TOKEN) : {};
}

/** A code as far on its way as the call needs it. */
async function crossDevice(operationId, passkey, bearer) {
  const shown = await site.call('POST', '/cross_device', { bearer });
  const [POLL_TOKEN, QR_ID] = [shown.poll_token, shown.url.split('#')[1]];
  if (!['crossDeviceStatus', 'confirmCrossDevice', 'finishCrossDevice'].includes(operationId)) return { QR_ID };
  const phone = (step, body, token) => site.call('POST', `/cross_device/${step}`, { body, bearer: token, origin: installation.url });
  const { phone_token: PHONE_TOKEN, publicKey } = await phone('claim', { id: QR_ID });
  const credential = passkey.get(publicKey, { origin: installation.url });
  if (operationId === 'finishCrossDevice') return { PHONE_TOKEN, CREDENTIAL: JSON.stringify(credential) };
  const { code: CODE } = await phone('finish', { credential }, PHONE_TOKEN);
  return { POLL_TOKEN, CODE };
}

/** Resolves with { status, type, text } of what the command's curl was answered. */
async function run(command, known) {
  const file = path.join(folder, 'answer');
  const script = `curl() { command curl -sS -o '${file}' -w '%{http_code} %{content_type}' "$@"; }\n${command}`;
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], { env: { PATH: process.env.PATH, ...known } });
  const [status, ...type] = stdout.split(' ');
  return { status: Number(status), type: type.join(' '), text: fs.readFileSync(file, 'utf8') };
}

/** The names of all members, in arrays those of the first item. */
function shape(value) {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (value === null || typeof value !== 'object') return '';
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, shape(item)]));
}

function assertSuccess(operation, { status, type, text }) {
  const [documented, { schema, example }] = successOf(operation);
  assert.deepEqual([status, type.split(';')[0]], [200, documented], text);
  if (documented !== 'application/json') return;
  const answer = JSON.parse(text);
  assert.deepEqual(checker.mistakes(schema, answer), []);
  if (example !== undefined) assert.deepEqual(shape(answer), shape(example));
}

for (const entry of operations) {
  const { path: route, method, operation } = entry;
  const error = operation['x-error-example'];

  describe(`${method} ${route}`, () => {
    test('the page has its commands, and the document’s examples fit its schemas', () => {
      assert.ok(page.includes(`\n${curlCommand(entry)}`));
      assert.ok(page.includes(`\n${curlCommand(entry, error)}`));
      const content = operation.requestBody?.content['application/json'];
      if (content) assert.deepEqual(checker.mistakes(content.schema, content.example), []);
      const [type, { schema, example }] = successOf(operation);
      assert.ok(example !== undefined || operation.operationId === 'getOpenApi');
      if (type === 'application/json' && example) assert.deepEqual(checker.mistakes(schema, example), []);
      assert.deepEqual(checker.mistakes({ $ref: '#/components/schemas/Problem' }, errorAnswer(error)), []);
      assert.ok(operation['x-codes'].includes(error.code));
    });

    test('the example, then the example of an error', async () => {
      const known = await variables(entry);
      const server = operation.operationId === 'getHostRelatedOrigins' ? hostOfATenant : installation;
      assertSuccess(operation, await run(curlCommand(entry), { ...known, MASTERKEY2_URL: server.url }));
      const refused = await run(curlCommand(entry, error), known);
      const { request_id: expectedId, ...expected } = errorAnswer(error);
      const { request_id: id, ...answer } = JSON.parse(refused.text);
      assert.deepEqual([refused.status, refused.type], [expected.status, 'application/problem+json']);
      assert.deepEqual(answer, expected);
      assert.notEqual(id, expectedId);
    });

    const scopes = operation.security[0]?.apiKey ?? [];
    if (scopes.length === 0) return;
    test('a key with every other scope is not enough', async () => {
      const others = ['sign-in', 'manage', 'audit'].filter((scope) => !scopes.includes(scope));
      const known = { ...(await variables(entry)), MK2_API_KEY: keys[others.join()] };
      const { text } = await run(curlCommand(entry), known);
      assert.equal(JSON.parse(text).code, 'scope_missing');
    });
  });
}
