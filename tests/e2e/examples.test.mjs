// The SDK's examples as they are, in front of a real server: an account, a passkey, a sign-in.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { addAuthenticator, launchBrowser, openPage } from '../../sdk/test/support/browser.mjs';
import { bundleComponent } from '../../sdk/test/support/component_bundle.mjs';
import { Installation } from './support/installation.mjs';
import { freePorts, start, stop, until } from './support/processes.mjs';

const examples = fileURLToPath(new URL('../../sdk/examples/', import.meta.url));
const FRAMEWORKS = ['react', 'vue', 'svelte'];
let installation, browser, ports, apiKey, components, tenantId;
const running = [];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-examples-'));

before(async () => {
  const [api, ...sites] = await freePorts(6);
  ports = Object.fromEntries(['express', 'python', 'php', 'components', 'static'].map((name, i) => [name, sites[i]]));
  installation = new Installation(api);
  ({ api_key: apiKey, tenant: { id: tenantId } } = installation.createTenant('Examples', 'localhost', sites.map((port) => `http://localhost:${port}`), ['related_origins=https://example.co.uk']));
  await installation.startServer();
  await installation.startNginx();
  const commands = {
    express: [process.execPath, ['express/server.mjs']],
    python: ['python3', ['python/server.py']],
    php: ['php', ['-S', `localhost:${ports.php}`, 'php/index.php']],
  };
  for (const [name, [command, args]] of Object.entries(commands)) {
    const env = { ...process.env, PORT: String(ports[name]), MASTERKEY2_URL: installation.url, MK2_API_KEY: apiKey };
    running.push(start(name, command, args, { cwd: examples, env }));
    await until(name, async () => (await fetch(`http://localhost:${ports[name]}/sign-up`)).ok, running);
  }
  await serveFiles(ports.static);
  components = await serveComponents(ports.components);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  components?.close();
  components?.closeAllConnections();
  for (const process of running) await stop(process);
  await installation?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** The example `static` as it is, but for its names: an nginx of its own with one file, in front of `express`. */
async function serveFiles(port) {
  const names = {
    '/var/www/site': `${folder}/site`,
    'https://auth.example.com': installation.url,
    'http://127.0.0.1:3000': `http://localhost:${ports.express}`,
    TENANT_ID: tenantId,
  };
  const example = Object.entries(names).reduce(
    (text, [name, ours]) => text.replaceAll(name, ours), fs.readFileSync(path.join(examples, 'static/nginx.conf'), 'utf8'));
  fs.mkdirSync(`${folder}/site`);
  fs.writeFileSync(`${folder}/site/index.html`, '<!doctype html><html lang="en"><title>Site</title><a href="/login">Sign in</a></html>');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  fs.writeFileSync(`${folder}/nginx.conf`, `${process.getuid() === 0 ? 'user root;' : ''}
pid ${folder}/nginx.pid; error_log stderr warn; events { worker_connections 64; }
http { types { text/html html; } access_log off; ${temporary} server { listen 127.0.0.1:${port}; ${example} } }
`);
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  running.push(start('nginx', 'nginx', ['-p', folder, '-c', `${folder}/nginx.conf`, '-g', 'daemon off;'], { env }));
  await until('static', async () => (await fetch(`http://localhost:${port}/`)).ok, running);
}

/** /react, /vue and /svelte with the component in them, and what it needs of its server. */
async function serveComponents(port) {
  const bundles = Object.fromEntries(await Promise.all(FRAMEWORKS.map(async (name) => [`/${name}.js`, await bundleComponent(name)])));
  const masterkey2 = async (path, body) => (await fetch(`${installation.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'X-API-KEY': apiKey, ...(body && { 'Content-Type': 'application/json' }) },
    body,
  })).json();
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const html = (body) => response
      .writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': `default-src 'self'; script-src 'self' ${installation.url}; connect-src 'self' ${installation.url}`,
      })
      .end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title>${body}</html>`);
    const { url } = request;
    if (bundles[url]) return response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(bundles[url]);
    if (url === '/api/session') {
      const { verified, user } = await masterkey2('/verify-auth', Buffer.concat(chunks));
      server.signedIn = verified ? user.display_name : undefined;
      return response.writeHead(verified ? 200 : 401).end();
    }
    if (url === '/dashboard') return html(`<h1>Hello, ${server.signedIn}</h1>`);
    if (!FRAMEWORKS.includes(url.slice(1))) return response.writeHead(204).end();
    const { session_token: token } = await masterkey2('/session-token');
    return html(`<div id="app" data-url="${installation.url}" data-token="${token}"></div><script type="module" src="${url}.js"></script>`);
  });
  await new Promise((resolve) => server.listen(port, 'localhost', resolve));
  return server;
}

/** Somebody with an account and a passkey, made at one of the examples. */
async function visitor(t, example) {
  const entry = await openPage(browser);
  t.after(() => entry.close());
  const { page } = entry;
  await addAuthenticator(page);
  await page.goto(`http://localhost:${ports[example]}/login`);
  await page.getByRole('link', { name: 'Make one' }).click();
  await page.getByLabel('Your name').fill('ada');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Create a passkey' }).click();
  await page.getByText('Your passkey is ready to use.').waitFor();
  await page.context().clearCookies();
  return entry;
}

async function signIn({ page, problems }, address) {
  await page.goto(address);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('heading', { name: 'Hello, ada' }).waitFor();
  assert.deepEqual(problems.filter((line) => !line.includes('favicon') && !/^console: Failed to load resource.*404/.test(line)), []);
}

for (const example of ['express', 'python', 'php']) {
  test(`${example}: an account, a passkey, a sign-in`, async (t) => {
    await signIn(await visitor(t, example), `http://localhost:${ports[example]}/login`);
  });

  test(`${example}: a token that nobody got, and a form of another site, sign nobody in`, async () => {
    const base = `http://localhost:${ports[example]}`;
    const [path, body, type] = example === 'python'
      ? ['/session', 'mk2_token=mk2a_forged', 'application/x-www-form-urlencoded']
      : ['/api/session', '{"token":"mk2a_forged","user":{"external_id":"ada"}}', 'application/json'];
    for (const origin of [base, 'https://evil.test']) {
      const answer = await fetch(base + path, { method: 'POST', redirect: 'manual', headers: { 'Content-Type': type, Origin: origin }, body });
      assert.ok(answer.status >= 300, `${origin}: ${answer.status}`);
      assert.notEqual(answer.headers.get('location'), '/dashboard');
    }
  });
}

test('static: files, and behind the same nginx an account, a passkey, a sign-in', async (t) => {
  const base = `http://localhost:${ports.static}`;
  const file = await fetch(`${base}/`);
  assert.match(await file.text(), /href="\/login"/);
  assert.match(file.headers.get('content-security-policy'), new RegExp(`script-src 'self' ${installation.url};`));
  assert.equal((await fetch(`${base}/no-such-file`)).status, 404);
  await signIn(await visitor(t, 'static'), `${base}/login`);
});

test('static: the list for phones is the server’s', async () => {
  const answer = await fetch(`http://localhost:${ports.static}/.well-known/webauthn`);
  assert.equal(answer.url, `${installation.url}/.well-known/webauthn/${tenantId}`);
  assert.deepEqual(await answer.json(), { origins: ['https://example.co.uk'] });
});

test('React, Vue and Svelte: the component signs in', async (t) => {
  const person = await visitor(t, 'express');
  for (const name of FRAMEWORKS) await signIn(person, `http://localhost:${ports.components}/${name}`);
});
