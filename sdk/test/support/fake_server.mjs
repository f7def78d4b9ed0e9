// A stand-in for the MasterKey2 server that follows the REST contract without verifying anything,
// for answers that a real server does not give on demand. Serves /sdk/ from dist/.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';

const dist = new URL('../../dist/', import.meta.url);
const user = { id: 'dXNlcg', external_id: 'alice', display_name: 'Alice' };
const challenge = () => randomBytes(32).toString('base64url');

export const problem = (status, code, more = {}) => ({
  status,
  body: { type: `urn:masterkey2:error:${code}`, status, code, detail: 'fixed', request_id: 'r', ...more },
});

const answers = {
  begin_registration: () => ({
    ceremony: 'mk2c_r',
    expires_in: 300,
    publicKey: {
      rp: { id: 'localhost', name: 'Shop' },
      user: { id: 'dXNlcg', name: 'alice', displayName: 'Alice' },
      challenge: challenge(),
      pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 60_000,
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    },
  }),
  finish_registration: () => ({ user, credential: { credential_id: 'x', name: 'Key' } }),
  begin_authentication: () => ({
    ceremony: 'mk2c_a',
    expires_in: 300,
    publicKey: { rpId: 'localhost', challenge: challenge(), timeout: 60_000, userVerification: 'required' },
    client: { rp_id: 'localhost', name: 'Shop', cross_device: true },
  }),
  finish_authentication: () => ({ user, auth_token: 'mk2a_x', expires_in: 120 }),
  cross_device: () => ({ url: `http://auth.test/q#mk2q_${challenge()}${challenge()}`, poll_token: 'mk2p_t', expires_in: 120, poll_ms: 20 }),
  'cross_device/status': () => ({ state: 'pending', expires_in: 120 }),
  'session-token': () => ({ session_token: 'mk2s_t', expires_in: 86_400 }),
  'user-token': () => ({ user_token: 'mk2u_t', expires_in: 30 }),
  'verify-auth': () => ({
    verified: true,
    user,
    auth: { auth_time: '2026-01-02T03:04:05.678Z', credential_id: 'x', user_verified: true },
  }),
};

/**
 * `change(name, answer)` replaces an answer: a body, { status, body, headers }, or a function of
 * (response) that answers by itself; undefined brings the usual one back. `calls` lists what came in: { name, body, authorization }.
 */
export async function startFakeServer() {
  const calls = [];
  const changed = new Map();
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname } = new URL(request.url, 'http://fake');
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (request.method === 'OPTIONS') {
      response.writeHead(204, {
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': 'authorization, content-type',
      });
      return response.end();
    }
    if (pathname.startsWith('/sdk/')) {
      response.setHeader('Content-Type', 'text/javascript');
      return response.end(fs.readFileSync(new URL(pathname.slice(5), dist)));
    }
    const name = pathname.replace('/api/v1/', '');
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined;
    calls.push({ name, body, authorization: request.headers.authorization });
    const answer = changed.get(name) ?? answers[name]?.() ?? problem(404, 'not_found');
    if (typeof answer === 'function') return answer(response);
    const { status = 200, headers = {}, body: out = answer } = answer;
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    return response.end(typeof out === 'string' ? out : JSON.stringify(out));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}`,
    calls,
    change: (name, answer) => (answer === undefined ? changed.delete(name) : changed.set(name, answer)),
    restore: () => {
      changed.clear();
      calls.length = 0;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
