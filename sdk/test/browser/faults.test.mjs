// What the network, or something else at api-base-url, can do to each call of a ceremony: the right code, nothing on
// the console, nothing injected, and the next press works.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problem } from '../support/fake_server.mjs';
import { assertClean, FAILED_LOAD, useStage } from '../support/stage.mjs';

const stage = useStage();
const { visit, registerFirst } = stage;

const LOST = Symbol('no answer');
const HTML = '<!doctype html><script>alert(1)</script><img src=x onerror=alert(1)>';
const text = (status, body, type = 'application/json') => ({ status, body, headers: { 'Content-Type': type } });
const bad = ['configuration_error', 'bad_answer'];
const faults = [
  ['is lost', LOST, ['server_unreachable', 'network']],
  ['is cut off', text(200, '{"ceremony":"mk2c_a","user":{"id":"'), bad],
  ['is HTML', text(200, HTML, 'text/html'), bad],
  ['is of another shape', text(200, '{"data":[]}'), bad],
  ['is a page that is not there', text(404, HTML, 'text/html'), bad],
  ['is an internal error', problem(500, 'internal'), ['internal', undefined]],
  ['is HTML with 500', text(500, HTML, 'text/html'), ['internal', undefined]],
  ['is a gateway’s', text(502, HTML, 'text/html'), ['server_unreachable', undefined]],
];

/** Lets `act` happen while the answer to `call` is at fault. */
async function during(page, call, answer, act) {
  const address = `**/api/v1/${call}`;
  if (answer === LOST) await page.route(address, (route) => route.abort());
  else stage.server.change(call, answer);
  const result = await act();
  await page.unroute(address);
  stage.server.change(call, undefined);
  return result;
}

/** The next answer to `call`, or that there is none. */
const arrival = (page, call, answer) =>
  page.waitForEvent(answer === LOST ? 'requestfailed' : 'requestfinished', (request) => request.method() === 'POST' && request.url().endsWith(call));

const calls = [
  ['/register', 'begin_registration'],
  ['/register', 'finish_registration'],
  ['/login', 'begin_authentication'],
  ['/login', 'finish_authentication'],
];
for (const [path, call] of calls) {
  test(`the answer to ${call} is no answer, or none of ours`, async () => {
    const visited = await visit('/register');
    const { page, event, press } = visited;
    if (path === '/login') await registerFirst(visited);
    for (const [name, answer, expected] of faults) {
      const error = await during(page, call, answer, async () => {
        await page.goto(stage.url + path);
        // It is asked before the press: what only the owner can mend is told at once, in the button's place.
        if (call !== 'begin_authentication' || expected !== bad) await press();
        return event('error');
      });
      assert.deepEqual([error.code, error.reason], expected, name);
      assert.equal(await page.locator('img').count(), 0, name);
      await assertClean(visited, FAILED_LOAD);
    }
    await page.goto(stage.url + path);
    await press();
    await event('success');
    await assertClean(visited, FAILED_LOAD);
  });
}

test('the answer of the site’s own endpoint is lost: server_unreachable, and the next press works', async () => {
  const visited = await visit('/register');
  const { page, event, press } = visited;
  await page.route('**/api/mk2-user-token', (route) => route.abort());
  await press();
  const error = await event('error');
  assert.deepEqual([error.code, error.reason], ['server_unreachable', 'network']);
  await page.unroute('**/api/mk2-user-token');
  await press();
  await event('success');
  await assertClean(visited, FAILED_LOAD);
});

test('polls that are lost, busy or a gateway’s pass', async () => {
  const visited = await visit('/qr');
  const { page, state } = visited;
  for (const answer of [LOST, problem(503, 'overloaded'), problem(500, 'internal'), text(502, HTML, 'text/html')]) {
    await page.goto(`${stage.url}/qr`);
    await state('qr_pending');
    await during(page, 'cross_device/status', answer, () => arrival(page, 'cross_device/status', answer));
    stage.server.change('cross_device/status', { state: 'scanned', expires_in: 110 });
    await state('qr_scanned');
    stage.server.change('cross_device/status', undefined);
  }
  assert.deepEqual(await page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await assertClean(visited, FAILED_LOAD);
});

test('the answer to a typed code is no answer, or none of ours: it can be typed again', async () => {
  stage.server.change('cross_device/status', { state: 'confirm', expires_in: 110, attempts_left: 3 });
  const visited = await visit('/qr');
  const { page, state } = visited;
  const type = async () => {
    await page.getByLabel('Code on your phone').fill('123456');
    await page.getByRole('button', { name: 'Confirm' }).click();
  };
  await state('qr_confirm');
  for (const [name, answer] of faults) {
    await during(page, 'cross_device/confirm', answer, () => Promise.all([arrival(page, 'cross_device/confirm', answer), type()]));
    await state('qr_confirm');
    assert.notEqual(await page.locator('[part=error]').textContent(), '', name);
    await page.getByLabel('Code on your phone').fill('');
  }
  stage.server.change('cross_device/confirm', (response) => {
    const user = { id: 'dXNlcg', external_id: 'alice' };
    stage.server.change('cross_device/status', { state: 'completed', expires_in: 90, user, auth_token: 'mk2a_q' });
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"state":"completed"}');
  });
  await type();
  assert.equal((await visited.event('success')).token, 'mk2a_q');
  assert.deepEqual(await page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await assertClean(visited, FAILED_LOAD);
});
