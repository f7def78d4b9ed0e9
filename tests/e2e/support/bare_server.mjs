// Server processes on one store, asked over FastCGI without a web server: on the flat file, or with
// MK2_STORAGE=mysql on a MariaDB server of the test's own.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { askFastcgi } from './fastcgi.mjs';
import { Mariadb } from './mariadb.mjs';
import { start, stop, until } from './processes.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const build = path.resolve(root, process.env.MK2_BUILD ?? 'build/dev');

export class BareServer {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-bare-'));
  #mariadb = process.env.MK2_STORAGE === 'mysql' ? new Mariadb() : undefined;
  processes = [];
  rpId = 'localhost';
  origin = 'http://localhost:3000';
  /** base_url. */
  url = 'http://localhost:8081';

  /** Starts `count` processes for one tenant. */
  async start(count) {
    await this.#mariadb?.create(['bare']);
    const storage = this.#mariadb?.storage('bare') ?? `{plugin: flatfile, options: {path: ${this.#folder}/data}}`;
    const config = path.join(this.#folder, 'masterkey2.yaml');
    fs.writeFileSync(config, `base_url: ${this.url}
plugin_dir: ${build}/plugins
allow_own_plugins: true
workers: 4
rate_limits: {enabled: false}
storage: ${storage}
keyring: ${this.#folder}/keyring.json
`, { mode: 0o600 });
    const ctl = (...args) => execFileSync(path.join(build, 'ctl/masterkey2ctl'), ['--config', config, ...args], { encoding: 'utf8' });
    ctl('storage', 'init');
    const created = JSON.parse(ctl('--json', 'tenant', 'create', '--name', 'Site', '--rp-id', this.rpId, '--origin', this.origin));
    this.apiKey = created.api_key;
    this.tenantId = created.tenant.id;
    for (let i = 0; i < count; ++i) {
      const args = ['--config', config, '--listen', `unix:${this.#socket(i)}`];
      this.processes.push(start(`masterkey2-fcgi ${i}`, path.join(build, 'fcgi/masterkey2-fcgi'), args));
    }
    for (const each of this.processes) await until('a start', async () => each.output.includes('"event":"start"'), [each]);
  }

  /** As a web server would; resolves with { status, headers, body }. */
  async ask(params, body, process = 0) {
    try {
      return await askFastcgi(this.#socket(process), params, body);
    } catch (error) {
      const { name, output } = this.processes[process];
      throw new Error(`${name}: ${error.message}; the last that it said:\n${output.slice(-2000)}`);
    }
  }

  residentKib(process = 0) {
    const status = fs.readFileSync(`/proc/${this.processes[process].child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
  }

  /** Resolves with how each process ended. */
  async stop() {
    const ends = [];
    for (const each of this.processes) ends.push(await stop(each));
    await this.#mariadb?.stop();
    fs.rmSync(this.#folder, { recursive: true, force: true });
    return ends;
  }

  #socket(i) {
    return path.join(this.#folder, `socket-${i}`);
  }
}
