// What is attacked: server processes on one store, behind a web server, with two tenants. It
// remembers each answer, and holds the invariants against all of them after each case.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts, start, stop, until } from '../../e2e/support/processes.mjs';
import { exchange, requestBytes } from './http.mjs';
import { Tenant } from './tenant.mjs';
import { startApache, startNginx } from './web_servers.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const build = path.resolve(root, process.env.MK2_BUILD ?? 'build/dev');
const REQUEST_ID_LENGTH = 22;
/** API keys and tokens of every kind, also the beginning of one. */
export const SECRET = /bvsk_[\w-]{13}|mk2[suacpq]_[\w-]{8}/;
const PROBLEM_MEMBERS = ['type', 'title', 'status', 'detail', 'code', 'request_id'];

export class Target {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-attacks-'));
  #processes = [];
  #webServer;
  #answers = [];
  #logAt = [];
  #unheard = 0;

  /** `web`: nginx or apache. `database`: { mariadb, name }, or none for the flat file. */
  constructor(web, database) {
    Object.assign(this, { web, database });
  }

  async start() {
    fs.chmodSync(this.#folder, 0o755);
    [this.port, this.plainPort] = await freePorts(2);
    this.url = `http://localhost:${this.port}`;
    const storage = this.database?.mariadb.storage(this.database.name) ?? `{plugin: flatfile, options: {path: ${this.store}}}`;
    fs.writeFileSync(this.#config, `base_url: ${this.url}
plugin_dir: ${build}/plugins
allow_own_plugins: true
workers: 4
listen_mode: "0666"
rate_limits: {enabled: false}
storage: ${storage}
keyring: ${this.#folder}/keyring.json
`, { mode: 0o600 });
    await this.ctl('storage', 'init');
    this.a = await this.newTenant('shop.example');
    this.b = await this.newTenant('bank.example');
    await this.startProcesses();
    const sockets = this.#processes.map((_, i) => this.#socket(i));
    this.#webServer = this.web === 'nginx' ? startNginx(this.#folder, this.port, sockets)
      : startApache(this.#folder, this.port, this.plainPort, sockets[0]);
    await until('web server', async () => (await this.ask('GET', `${this.url}/healthz`)).status === 200, [this.#webServer]);
  }

  get store() {
    return path.join(this.#folder, 'data');
  }

  /** All that the processes have logged. */
  get log() {
    return this.#processes.map(({ output }) => output).join('');
  }

  async ctl(...args) {
    return (await promisify(execFile)(path.join(build, 'ctl/masterkey2ctl'), ['--config', this.#config, ...args], { maxBuffer: 2 ** 26 })).stdout;
  }

  /** Resolves with { status, output } of a command that may fail. */
  ctlStatus(...args) {
    return this.ctl(...args).then((output) => ({ status: 0, output }), ({ code, stderr }) => ({ status: code, output: stderr }));
  }

  async newTenant(rpId, ...options) {
    const origin = `https://www.${rpId}`;
    const made = JSON.parse(await this.ctl('--json', 'tenant', 'create', '--name', rpId, '--rp-id', rpId, '--origin', origin, ...options));
    return new Tenant(this, { id: made.tenant.id, apiKey: made.api_key, rpId, origin });
  }

  /** Behind nginx two, which it asks in turn. */
  async startProcesses() {
    for (let i = 0; i < (this.web === 'nginx' ? 2 : 1); ++i) {
      const args = ['--config', this.#config, '--listen', `unix:${this.#socket(i)}`];
      this.#processes[i] = start(`masterkey2-fcgi ${i}`, path.join(build, 'fcgi/masterkey2-fcgi'), args);
      this.#logAt[i] = 0;
    }
    for (const each of this.#processes) await until('a start', async () => each.output.includes('"event":"start"'), [each]);
  }

  /** Resolves with what `calls`, which were under way, came to. */
  async killProcesses(calls) {
    for (const { child } of this.#processes) child.kill('SIGKILL');
    for (const { ended } of this.#processes) await ended;
    const answers = await Promise.all(calls);
    // What they had not logged yet, they never will.
    this.#answers = [];
    return answers;
  }

  /** Processes that take over from others which end as they should. */
  async restartProcesses() {
    await this.holdsInvariants();
    for (const each of this.#processes) assert.deepEqual(await stop(each), { code: 0, signal: null });
    await this.startProcesses();
  }

  async stop() {
    const ends = [];
    for (const each of this.#processes) ends.push(await stop(each));
    if (this.#webServer) await stop(this.#webServer);
    fs.rmSync(this.#folder, { recursive: true, force: true });
    return ends;
  }

  /**
   * One request. `json`: its body; or `body` with `type`. `headers`: pairs. Resolves with { status,
   * headers, body, value, code, reason }, or undefined if the connection ended without an answer.
   */
  ask(method, target, { key, bearer, origin, json, body = json === undefined ? undefined : JSON.stringify(json), type = 'application/json', headers = [], length, host = 'localhost', port } = {}) {
    const bytes = Buffer.from(body ?? '');
    const all = [['Host', host]];
    if (key !== undefined) all.push(['X-API-KEY', key]);
    if (bearer !== undefined) all.push(['Authorization', `Bearer ${bearer}`]);
    if (origin !== undefined) all.push(['Origin', origin]);
    if (bytes.length > 0 && type !== undefined) all.push(['Content-Type', type]);
    return this.send(requestBytes(method, target.startsWith('http') ? target : `/api/v1${target}`, [...all, ...headers], bytes, length), { port });
  }

  async send(bytes, { port = this.port, leave } = {}) {
    const answer = await exchange(port, bytes, { leave });
    if (!answer) {
      this.unheard(1);
      return undefined;
    }
    try {
      answer.value = JSON.parse(answer.body);
    } catch {
      answer.value = undefined;
    }
    answer.code = answer.value?.code;
    answer.reason = answer.value?.reason;
    this.#answers.push(answer);
    return answer;
  }

  /** So many requests may be logged whose answers nobody has heard. */
  unheard(count) {
    this.#unheard += count;
  }

  /** Every stored row, but what the server keeps for itself; `kinds`: of these only. */
  async rows(kinds) {
    const lines = (await this.ctl('storage', 'export', '-')).trimEnd().split('\n').slice(1, -1).map((line) => JSON.parse(line));
    const own = ({ kind, type }) => kind === 'installation' || (kind === 'audit' && type === 'audit.seal');
    return lines.filter((row) => !own(row) && (!kinds || kinds.includes(row.kind)));
  }

  /** `act` leaves every row as it is; if it calls with a key, the audit log may grow. */
  async unchanged(act, { audited = false } = {}) {
    const kept = async () => (await this.rows()).filter(({ kind }) => !audited || kind !== 'audit');
    const before = await kept();
    const result = await act();
    assert.deepEqual(await kept(), before, 'something was stored');
    return result;
  }

  /** The processes live and serve; each answer is logged once, in one line; no secret in either. */
  async holdsInvariants() {
    for (const { name, child } of this.#processes) {
      assert.ok(child.exitCode === null && child.signalCode === null, `${name} has ended`);
    }
    const alive = await this.ask('POST', '/session-token', { key: this.a.apiKey });
    assert.equal(alive.status, 200, 'the next good request');
    const answers = this.#answers.splice(0);
    for (const answer of answers) {
      if (answer.status >= 400 && fromServer(answer)) assertProblem(answer);
    }
    const heard = answers.filter(fromServer);
    const lines = await this.#newLines(heard.map(requestId));
    for (const answer of heard) {
      const own = lines.filter((line) => line.request_id === requestId(answer));
      assert.deepEqual(own.map(({ status }) => status), [answer.status], `log lines of ${requestId(answer)}`);
      if (answer.status >= 400) assert.equal(own[0].code, answer.code);
    }
    this.#unheard -= lines.length - heard.length;
    assert.ok(this.#unheard >= 0, `log lines of nobody: ${-this.#unheard}`);
  }

  /** The requests that were logged since the last time, among them those with `ids`. */
  async #newLines(ids) {
    const written = () => this.#processes.map(({ output }, i) => output.slice(this.#logAt[i], output.lastIndexOf('\n') + 1));
    await until('log lines', async () => ids.every((id) => written().some((text) => text.includes(id))), this.#processes);
    const texts = written();
    texts.forEach((text, i) => (this.#logAt[i] += text.length));
    const lines = texts.join('').split('\n').filter((line) => line !== '');
    for (const line of lines) {
      assert.ok(!/[\x00-\x1f\x7f]/.test(line), `raw control bytes: ${line}`);
      assert.ok(!SECRET.test(line), `a secret: ${line}`);
    }
    return lines.map((line) => JSON.parse(line)).filter(({ event }) => {
      assert.notEqual(event, 'log_dropped');
      return event === 'request';
    });
  }

  get #config() {
    return path.join(this.#folder, 'masterkey2.yaml');
  }

  #socket(i) {
    return path.join(this.#folder, `socket-${i}`);
  }
}

/** nginx's own answers carry a longer id, Apache's none. */
function fromServer({ headers }) {
  return headers.get('x-request-id')?.[0].length === REQUEST_ID_LENGTH;
}

const requestId = ({ headers }) => headers.get('x-request-id')[0];

export function assertProblem({ status, headers, value, body }) {
  const text = body.toString();
  assert.deepEqual(headers.get('content-type'), ['application/problem+json'], text);
  assert.deepEqual(headers.get('cache-control'), ['no-store'], text);
  assert.deepEqual(headers.get('x-content-type-options'), ['nosniff'], text);
  assert.deepEqual(PROBLEM_MEMBERS.filter((name) => !(name in value)), [], text);
  const more = ['reason', 'pointer', 'expected', ...(value.code === 'credential_not_found' ? ['signal'] : [])];
  assert.deepEqual(Object.keys(value).filter((name) => ![...PROBLEM_MEMBERS, ...more].includes(name)), [], text);
  assert.equal(value.status, status);
  assert.equal(value.type, `urn:masterkey2:error:${value.code}`);
  assert.equal(value.request_id, headers.get('x-request-id')[0]);
  assert.ok(!SECRET.test(text), text);
}
