// Sign-ins race with what ends them (disable, delete, revoke, rotate) over several processes on one
// store, and every answer is held against a model: what an operation has ended stays ended from its
// answer on, and nothing else is refused.
//   MK2_INTERLEAVINGS (rounds, default 120), MK2_INTERLEAVINGS_SEED (default 1; it fixes what is
//   asked of whom, not the order in which processes get to it)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Authenticator } from '../docs/support/authenticator.mjs';
import { BareServer } from './support/bare_server.mjs';
import { History } from './support/sign_in_model.mjs';
import { randomSource } from './support/request_maker.mjs';

const rounds = Number(process.env.MK2_INTERLEAVINGS ?? 120);
const seed = Number(process.env.MK2_INTERLEAVINGS_SEED ?? 1);
const PROCESSES = 3;
const LANES = 4;
const ROUNDS_PER_ROTATION = 10;

const server = new BareServer();
before(() => server.start(PROCESSES));
after(() => server.stop());

/** The API key, and those before it: { text, dying, dead } (times; infinite while it lives). */
const keys = [];

async function call(random, method, path, { key, bearer, body } = {}) {
  const text = body ? JSON.stringify(body) : '';
  const params = [
    ['REQUEST_METHOD', method], ['REQUEST_URI', `/api/v1${path}`], ['REMOTE_ADDR', '127.0.0.1'],
    ['CONTENT_TYPE', text && 'application/json'], ['CONTENT_LENGTH', text && String(Buffer.byteLength(text))],
    ...(key ? [['HTTP_X_API_KEY', key.text]] : [['HTTP_AUTHORIZATION', `Bearer ${bearer}`], ['HTTP_ORIGIN', server.origin]]),
  ];
  const from = performance.now();
  for (let attempt = 1; ; ++attempt) {
    const answer = await server.ask(params, Buffer.from(text), Math.floor(random() * PROCESSES));
    const to = performance.now();
    const value = JSON.parse(answer.body);
    // A store that is busy for too long: nothing has happened.
    if (value.code === 'storage_unavailable' && attempt < 5) continue;
    assert.ok(answer.status < 500, answer.body.toString());
    if (key) judgeKey(key, from, to, value.code);
    return { from, to, status: answer.status, code: value.code, value };
  }
}

function judgeKey(key, from, to, code) {
  if (from > key.dead) assert.equal(code, 'invalid_api_key', 'a key that was replaced');
  if (code === 'invalid_api_key') assert.ok(key.dying < to, 'a key that lives');
}

/** With the newest key, again if that was replaced meanwhile; now and then with one that is dead. */
async function keyCall(random, method, path, body) {
  const old = keys.findLast(({ dead }) => dead < Infinity);
  if (old && random() < 0.05) await call(random, method, path, { key: old, body });
  for (;;) {
    const answer = await call(random, method, path, { key: keys.at(-1), body });
    if (answer.code !== 'invalid_api_key') return answer;
  }
}

async function rotate(random) {
  const key = keys.at(-1);
  key.dying = performance.now();
  const answer = await call(random, 'POST', '/rotate-key', { key });
  assert.equal(answer.status, 200, answer.code);
  keys.push({ text: answer.value.api_key, dying: Infinity, dead: Infinity });
  key.dead = answer.to;
}

/** One user with one passkey and one session token at a time. */
class Lane {
  constructor(random, user) {
    Object.assign(this, { random, user });
  }

  async renew() {
    await keyCall(this.random, 'DELETE', `/users/${this.user}`);
    this.passkey = undefined;
    // A user token dies with the key that it was made with.
    while (!this.passkey) {
      const made = await keyCall(this.random, 'POST', '/user-token', { external_id: this.user });
      const bearer = made.value.user_token;
      const begun = await call(this.random, 'POST', '/begin_registration', { bearer });
      const passkey = new Authenticator(server.origin);
      const body = { ceremony: begun.value.ceremony, credential: passkey.create(begun.value.publicKey) };
      const finished = await call(this.random, 'POST', '/finish_registration', { bearer, body });
      if (finished.status === 200) this.passkey = passkey;
      else assert.equal(finished.code, 'token_revoked');
    }
    this.token = (await keyCall(this.random, 'POST', '/session-token')).value.session_token;
    this.history = new History();
  }

  async begin() {
    const answer = await call(this.random, 'POST', '/begin_authentication', { bearer: this.token });
    return { answer, body: answer.status === 200 && { ceremony: answer.value.ceremony, credential: this.passkey.get(answer.value.publicKey) } };
  }

  async finish({ body }) {
    const finished = await call(this.random, 'POST', '/finish_authentication', { bearer: this.token, body });
    this.history.judge('finish', finished, finished.code);
    if (finished.status !== 200) return;
    const verified = await keyCall(this.random, 'POST', '/verify-auth', { token: finished.value.auth_token });
    assert.equal(verified.status, 200, verified.code);
    this.history.judge('verify', verified, verified.value.verified ? undefined : verified.code);
  }

  async change(kind) {
    const note = this.history.starts(kind);
    const path = `/users/${this.user}`;
    const answer = kind === 'revoke' ? await call(this.random, 'DELETE', '/session-token', { bearer: this.token })
      : kind === 'erase' ? await keyCall(this.random, 'DELETE', path)
      : await keyCall(this.random, 'POST', `${path}/${kind}`);
    this.history.ended(note, answer);
  }

  async round() {
    if (!this.history || this.history.over) await this.renew();
    const begun = [await this.begin(), await this.begin()];
    for (const { answer } of begun) this.history.judge('begin', answer, answer.code);
    const steps = begun.filter(({ body }) => body).map((each) => () => this.finish(each));
    for (let n = Math.floor(this.random() * 3); n >= 0; --n) {
      const draw = this.random();
      const kind = draw < 0.35 ? 'disable' : draw < 0.7 ? 'enable' : draw < 0.85 ? 'revoke' : 'erase';
      steps.splice(Math.floor(this.random() * (steps.length + 1)), 0, () => this.change(kind));
    }
    // Some wait for the one before, the others run beside it.
    let running = [];
    for (const step of steps) {
      if (this.random() < 0.3) await Promise.all(running.splice(0));
      running.push(step());
    }
    await Promise.all(running);
    if (!this.history.over) {
      await this.change('enable');
      this.history.forget();
    }
  }
}

test('the model sees what must not happen', () => {
  const after = (kinds, call, code) => {
    const history = new History();
    for (const kind of kinds) {
      const change = history.starts(kind);
      history.ended(change, { status: 200, to: change.from });
    }
    const now = performance.now() + 1;
    history.judge(call, { from: now, to: now + 1 }, code);
  };
  for (const kinds of [['disable'], ['erase'], ['revoke'], ['enable', 'disable']]) assert.throws(() => after(kinds, 'finish'));
  for (const kinds of [['disable'], ['erase']]) assert.throws(() => after(kinds, 'verify'));
  for (const code of ['user_disabled', 'user_not_found', 'token_revoked', 'ceremony_used']) assert.throws(() => after([], 'finish', code));
  assert.throws(() => after(['enable'], 'finish', 'user_disabled'));
  after(['disable'], 'finish', 'user_disabled');
  after(['revoke'], 'verify');
  after([], 'finish');
});

test(`${rounds} interleavings with seed ${seed} end as the model allows`, async () => {
  keys.push({ text: server.apiKey, dying: Infinity, dead: Infinity });
  const random = randomSource(seed);
  const lanes = Array.from({ length: LANES }, (_, i) => new Lane(randomSource(seed * 1000 + i), `user-${i}`));
  const seen = {};
  for (let done = 0; done < rounds; done += LANES) {
    const work = lanes.map((lane) => lane.round());
    if (random() < LANES / ROUNDS_PER_ROTATION) work.push(rotate(random));
    await Promise.all(work);
    for (const { history } of lanes) for (const name of history.take()) seen[name] = (seen[name] ?? 0) + 1;
  }
  // Else the rounds say little.
  for (const name of ['finish', 'finish user_disabled', 'finish token_revoked', 'verify', 'verify user_disabled']) {
    assert.ok(seen[name] > 0, `never: ${name} (${JSON.stringify(seen)})`);
  }
  assert.ok(keys.length > 1);
  for (const end of await server.stop()) assert.deepEqual(end, { code: 0, signal: null });
});
