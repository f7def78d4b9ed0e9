// base_url and a shop on made-up domains over TLS, for what browsers do between sites only: nginx
// with the shipped snippet, and a shop whose well-known list redirects to the server, as documented.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launchBrowser } from '../../../sdk/test/support/browser.mjs';
import { Installation } from './installation.mjs';
import { freePorts } from './processes.mjs';

const AUTH = 'auth.provider.test';
const SHOP = 'shop.example-a.test';
/** The shop's other domain, which uses the RP ID of the first. */
const SECOND = 'shop.example-b.test';
/** What a hostile owner would call a shop. */
const NAME = 'Shop <img src=x onerror=alert(1)>';

/** A certificate for all names in `folder`, and what Chromium has to know to trust it. */
function makeCertificate(folder) {
  const openssl = (args, input) => execFileSync('openssl', args, { cwd: folder, input, stdio: ['pipe', 'pipe', 'ignore'] });
  openssl([
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${AUTH}`,
    '-addext', `subjectAltName=DNS:${AUTH},DNS:${SHOP},DNS:${SECOND}`, '-keyout', 'tls.key', '-out', 'tls.pem',
  ]);
  const key = openssl(['pkey', '-pubin', '-outform', 'der'], openssl(['x509', '-in', 'tls.pem', '-pubkey', '-noout']));
  return openssl(['dgst', '-sha256', '-binary'], key).toString('base64');
}

/** Chromium for which every name is this stack's nginx, and its certificate good. */
export function launchTrusting(stack) {
  return launchBrowser({
    hosts: Object.fromEntries([AUTH, SHOP, SECOND].map((name) => [name, stack.port])),
    args: [`--ignore-certificate-errors-spki-list=${stack.fingerprint}`],
  });
}

export async function startTlsStack() {
  const [port, plain] = await freePorts(2);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-tls-'));
  const fingerprint = makeCertificate(folder);
  const installation = new Installation(plain, { baseUrl: `https://${AUTH}` });
  const stop = async () => {
    await installation.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { tenant, api_key: apiKey } = installation.createTenant(
      NAME, SHOP, [`https://${SHOP}`], [`related_origins=https://${SECOND}`]);
    const hidden = path.join(folder, 'hidden');
    await installation.startServer();
    await installation.startNginx([], {
      port, auth: AUTH, certificate: path.join(folder, 'tls.pem'), key: path.join(folder, 'tls.key'),
      more: shopBlock(port, folder, hidden, tenant.id),
    });
    const call = async (method, route, body) => {
      const response = await fetch(`${installation.local}/api/v1${route}`, {
        method,
        headers: { 'X-API-KEY': apiKey, ...(body && { 'Content-Type': 'application/json' }) },
        body: body && JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
      return response.json();
    };
    return {
      url: installation.url,
      shop: `https://${SHOP}`,
      secondShop: `https://${SECOND}`,
      name: NAME,
      rpId: SHOP,
      port,
      fingerprint,
      sessionToken: async (body) => (await call('POST', '/session-token', body)).session_token,
      userToken: async (externalId, names) => (await call('POST', '/user-token', { external_id: externalId, ...names })).user_token,
      verify: (token) => call('POST', '/verify-auth', { token }),
      deleteUser: (externalId) => call('DELETE', `/users/${externalId}`),
      /** What an operator does who has put a copy of the store back. */
      afterRestore: async () => {
        await installation.stopServer();
        installation.ctl('storage', 'post-restore');
        await installation.startServer();
      },
      /** The shop's list is gone while `act` runs. */
      withoutList: async (act) => {
        fs.writeFileSync(hidden, '');
        try {
          await act();
        } finally {
          fs.rmSync(hidden);
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function shopBlock(port, folder, hidden, tenantId) {
  return `  server {
    listen 127.0.0.1:${port} ssl;
    server_name ${SHOP} ${SECOND};
    ssl_certificate ${folder}/tls.pem;
    ssl_certificate_key ${folder}/tls.key;
    location = / {
      default_type "text/html; charset=utf-8";
      return 200 '<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,"><h1>Shop</h1></html>';
    }
    location = /.well-known/webauthn {
      if (-f ${hidden}) {
        return 404;
      }
      return 302 https://${AUTH}/.well-known/webauthn/${tenantId};
    }
  }
`;
}
