// The whole thing: an installation, two tenants with a demo site each, and a site that follows the
// integration guide to the letter. One nginx, an origin for each.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGuideSite } from './guide_site.mjs';
import { Installation } from './installation.mjs';
import { freePorts, start, stop, until } from './processes.mjs';

const demo = path.join(fileURLToPath(new URL('../../../', import.meta.url)), 'demo/server.mjs');

export async function startStack() {
  const stack = new Stack();
  try {
    await stack.start();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

class Stack {
  #installation;
  #demos = [];
  #guide;
  #sites;

  async start() {
    const [api, ...ports] = await freePorts(4);
    [this.site, this.other, this.guide] = ports.map((port) => ({ url: `http://localhost:${port}`, port }));
    this.#installation = new Installation(api);
    this.api = this.#installation.url;
    this.site.apiKey = this.#createTenant('Lantern', [this.site.url, this.guide.url]);
    this.other.apiKey = this.#createTenant('Other', [this.other.url]);

    await this.startServer();
    const siteUpstream = await this.#startDemo('site', this.site.apiKey);
    const otherUpstream = await this.#startDemo('other', this.other.apiKey);
    this.#guide = await startGuideSite({ masterkey2: this.api, apiKey: this.site.apiKey });
    this.#sites = [
      [this.site.port, siteUpstream],
      [this.other.port, otherUpstream],
      [this.guide.port, this.#guide.port],
    ];
    await this.startNginx();
  }

  /** What the guide's site has seen: its sign-ins as its server knows them. */
  get guideSignIns() {
    return this.#guide.signIns;
  }

  /** The guide's site calls with this key from now on. */
  useGuideKey(key) {
    this.#guide.useKey(key);
  }

  ctl(...args) {
    return this.#installation.ctl(...args);
  }

  startServer() {
    return this.#installation.startServer();
  }

  /** Resolves with how it ended: { code, signal }. */
  stopServer() {
    return this.#installation.stopServer();
  }

  async startNginx() {
    await this.#installation.startNginx(this.#sites);
    await until('site', async () => (await fetch(`${this.site.url}/register`)).ok, this.#demos);
  }

  stopNginx() {
    return this.#installation.stopNginx();
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
    for (const running of this.#demos) await stop(running);
    await this.#installation?.stop();
  }

  #createTenant(name, origins) {
    return this.#installation.createTenant(name, 'localhost', origins).api_key;
  }

  async #startDemo(name, apiKey) {
    const env = { ...process.env, MASTERKEY2_URL: this.api, MK2_API_KEY: apiKey, HOST: '127.0.0.1', PORT: '0' };
    const running = start(name, process.execPath, [demo], { env });
    this.#demos.push(running);
    await until(`port of ${name}`, async () => running.output.includes('\n'), [running]);
    return JSON.parse(running.output.split('\n')[0]).port;
  }
}
