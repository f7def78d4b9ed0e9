// The whole thing: a store, masterkey2-fcgi behind nginx, two tenants with a demo site each, and a
// site that follows the integration guide to the letter. One nginx, an origin for each.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGuideSite } from './guide_site.mjs';
import { nginxConf } from './nginx_conf.mjs';
import { freePorts, start, stop, until } from './processes.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const build = path.resolve(root, process.env.MK2_BUILD ?? 'build/dev');

export async function startStack() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-e2e-'));
  const stack = new Stack(folder);
  try {
    await stack.start();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

class Stack {
  #folder;
  #processes = {};
  #guide;

  constructor(folder) {
    this.#folder = folder;
  }

  async start() {
    const [api, site, other, guide] = await freePorts(4);
    const origin = (port) => `http://localhost:${port}`;
    this.api = origin(api);
    this.site = { url: origin(site), port: site };
    this.other = { url: origin(other), port: other };
    this.guide = { url: origin(guide), port: guide };
    this.#writeConfig();
    this.ctl('storage', 'init');
    this.site.apiKey = this.#createTenant('Lantern', [this.site.url, this.guide.url]);
    this.other.apiKey = this.#createTenant('Other', [this.other.url]);

    await this.startServer();
    const siteUpstream = await this.#startDemo('site', this.site.apiKey);
    const otherUpstream = await this.#startDemo('other', this.other.apiKey);
    this.#guide = await startGuideSite({ masterkey2: this.api, apiKey: this.site.apiKey });
    const conf = nginxConf({
      root,
      folder: this.#folder,
      api,
      sites: [
        [site, siteUpstream],
        [other, otherUpstream],
        [guide, this.#guide.port],
      ],
    });
    fs.writeFileSync(path.join(this.#folder, 'nginx.conf'), conf);
    await this.startNginx();
  }

  /** What the guide's site has seen: its sign-ins as its server knows them. */
  get guideSignIns() {
    return this.#guide.signIns;
  }

  ctl(...args) {
    const command = path.join(build, 'ctl/masterkey2ctl');
    return execFileSync(command, ['--config', this.#config, ...args], { encoding: 'utf8' });
  }

  async startServer() {
    const command = path.join(build, 'fcgi/masterkey2-fcgi');
    this.#processes.server = start('masterkey2-fcgi', command, ['--config', this.#config]);
    const socket = path.join(this.#folder, 'fastcgi.sock');
    const answers = () => new Promise((resolve) => {
      const connection = net.connect(socket, () => resolve(true)).once('error', () => resolve(false));
      connection.once('connect', () => connection.destroy());
    });
    await until('socket', answers, [this.#processes.server]);
  }

  /** Resolves with how it ended: { code, signal }. */
  stopServer() {
    return stop(this.#processes.server);
  }

  async startNginx() {
    const conf = path.join(this.#folder, 'nginx.conf');
    const args = ['-p', this.#folder, '-c', conf, '-g', 'daemon off;'];
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
    this.#processes.nginx = start('nginx', 'nginx', args, { env });
    const running = Object.values(this.#processes);
    await until('server', async () => (await fetch(`${this.api}/readyz`)).ok, running);
    await until('site', async () => (await fetch(`${this.site.url}/register`)).ok, running);
  }

  stopNginx() {
    return stop(this.#processes.nginx);
  }

  /** A call from a site's server. Resolves with { status, body }. */
  async call(method, route, { apiKey = this.site.apiKey, body } = {}) {
    const response = await fetch(`${this.api}/api/v1${route}`, {
      method,
      headers: { 'X-API-KEY': apiKey, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  async stop() {
    await this.#guide?.close();
    const ends = Object.values(this.#processes).reverse();
    for (const process of ends) await stop(process);
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  get #config() {
    return path.join(this.#folder, 'masterkey2.yaml');
  }

  #writeConfig() {
    const text = `listen: unix:${this.#folder}/fastcgi.sock
base_url: ${this.api}
plugin_dir: ${build}/plugins
allow_own_plugins: true
storage:
  plugin: flatfile
  options:
    path: ${this.#folder}/data
keyring: ${this.#folder}/keyring.json
`;
    fs.writeFileSync(this.#config, text, { mode: 0o600 });
  }

  #createTenant(name, origins) {
    const args = origins.flatMap((origin) => ['--origin', origin]);
    const out = this.ctl('--json', 'tenant', 'create', '--name', name, '--rp-id', 'localhost', ...args);
    return JSON.parse(out).api_key;
  }

  async #startDemo(name, apiKey) {
    const env = { ...process.env, MASTERKEY2_URL: this.api, MK2_API_KEY: apiKey, HOST: '127.0.0.1', PORT: '0' };
    const demo = start(name, process.execPath, [path.join(root, 'demo/server.mjs')], { env });
    this.#processes[name] = demo;
    await until(`port of ${name}`, async () => demo.output.includes('\n'), [demo]);
    return JSON.parse(demo.output.split('\n')[0]).port;
  }
}
