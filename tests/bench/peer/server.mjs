// What a site would otherwise build: registration and sign-in with @simplewebauthn/server, everything in
// memory, behind Express or Fastify. Its routes and bodies are those that the visitors of the benchmark know.
//
//     node server.mjs express|fastify ORIGIN RP-ID       prints its port
import { randomBytes } from 'node:crypto';
import * as webauthn from '@simplewebauthn/server';

const [framework, origin, rpID] = process.argv.slice(2);
const users = new Map(); // external id → user handle
const credentials = new Map(); // credential id → credential and its user
const sessions = new Map(); // token → what it is for
const expected = { expectedOrigin: origin, expectedRPID: rpID };

function keep(entry) {
  const token = randomBytes(32).toString('base64url');
  sessions.set(token, entry);
  return token;
}

function take(token) {
  const entry = sessions.get(token);
  sessions.delete(token);
  if (!entry) throw new Error('unknown token');
  return entry;
}

const bearer = (headers) => headers.authorization?.slice('Bearer '.length);

const routes = {
  'user-token': async (headers, { external_id }) => {
    if (!users.has(external_id)) users.set(external_id, randomBytes(32));
    return { user_token: keep({ external_id }) };
  },
  begin_registration: async (headers) => {
    const { external_id } = take(bearer(headers));
    const publicKey = await webauthn.generateRegistrationOptions({
      rpName: 'Site', rpID, userName: external_id, userID: new Uint8Array(users.get(external_id)),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return { ceremony: keep({ external_id, challenge: publicKey.challenge }), publicKey };
  },
  finish_registration: async (headers, { ceremony, credential }) => {
    const { external_id, challenge } = take(ceremony);
    const { verified, registrationInfo } = await webauthn.verifyRegistrationResponse(
      { response: credential, expectedChallenge: challenge, ...expected });
    if (!verified) throw new Error('not verified');
    credentials.set(registrationInfo.credential.id, { ...registrationInfo.credential, external_id });
    return {};
  },
  'session-token': async () => ({ session_token: keep({}) }),
  begin_authentication: async (headers) => {
    take(bearer(headers));
    const publicKey = await webauthn.generateAuthenticationOptions({ rpID, userVerification: 'required' });
    return { ceremony: keep({ challenge: publicKey.challenge }), publicKey };
  },
  finish_authentication: async (headers, { ceremony, credential }) => {
    const { challenge } = take(ceremony);
    const known = credentials.get(credential.id);
    if (!known) throw new Error('unknown credential');
    const { verified, authenticationInfo } = await webauthn.verifyAuthenticationResponse(
      { response: credential, expectedChallenge: challenge, credential: known, ...expected });
    if (!verified) throw new Error('not verified');
    known.counter = authenticationInfo.newCounter;
    return { auth_token: keep({ external_id: known.external_id }), user: { external_id: known.external_id } };
  },
  'verify-auth': async (headers, { token }) => ({ verified: true, user: take(token) }),
};

async function with_express() {
  const { default: express } = await import('express');
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.json());
  for (const [name, answer] of Object.entries(routes)) {
    app.post(`/api/v1/${name}`, (request, response, next) => {
      answer(request.headers, request.body).then((body) => response.json(body)).catch(next);
    });
  }
  const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
}

async function with_fastify() {
  const { default: fastify } = await import('fastify');
  const app = fastify();
  for (const [name, answer] of Object.entries(routes)) {
    app.post(`/api/v1/${name}`, (request) => answer(request.headers, request.body));
  }
  await app.listen({ port: 0, host: '127.0.0.1' });
  console.log(app.server.address().port);
}

process.env.NODE_ENV = 'production';
await { express: with_express, fastify: with_fastify }[framework]();
