// A store, masterkey2-fcgi and an nginx in front of it, in a folder of their own.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nginxConf } from './nginx_conf.mjs';
import { start, stop, until } from './processes.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const build = path.resolve(root, process.env.MK2_BUILD ?? 'build/dev');

export class Installation {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-e2e-'));
  #processes = {};

  /** `port`: where nginx will serve base_url, which is that address unless `baseUrl` is given. */
  constructor(port, { baseUrl } = {}) {
    this.port = port;
    this.local = `http://localhost:${port}`;
    this.url = baseUrl ?? this.local;
    this.#writeConfig();
    this.ctl('storage', 'init');
  }

  ctl(...args) {
    const command = path.join(build, 'ctl/masterkey2ctl');
    return execFileSync(command, ['--config', this.#config, ...args], { encoding: 'utf8' });
  }

  /** Returns { tenant, api_key } as masterkey2ctl prints it. */
  createTenant(name, rpId, origins, settings = []) {
    const args = [...origins.flatMap((origin) => ['--origin', origin]), ...settings.flatMap((setting) => ['--set', setting])];
    return JSON.parse(this.ctl('--json', 'tenant', 'create', '--name', name, '--rp-id', rpId, ...args));
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

  /** `sites`: [port, upstream port] of each site that the same nginx serves; `tls`: see nginxConf. */
  async startNginx(sites = [], tls = undefined) {
    const conf = path.join(this.#folder, 'nginx.conf');
    fs.writeFileSync(conf, nginxConf({ root, folder: this.#folder, api: this.port, sites, tls }));
    const args = ['-p', this.#folder, '-c', conf, '-g', 'daemon off;'];
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
    this.#processes.nginx = start('nginx', 'nginx', args, { env });
    const running = Object.values(this.#processes);
    await until('server', async () => (await fetch(`${this.local}/readyz`)).ok, running);
  }

  stopNginx() {
    return stop(this.#processes.nginx);
  }

  async stop() {
    for (const running of Object.values(this.#processes).reverse()) await stop(running);
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  get #config() {
    return path.join(this.#folder, 'masterkey2.yaml');
  }

  #writeConfig() {
    const text = `listen: unix:${this.#folder}/fastcgi.sock
base_url: ${this.url}
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
}
