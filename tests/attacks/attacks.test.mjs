// The cases of catalogue.md that need a whole installation: each with its id in its name, behind real
// web servers, on both storage backends, and the invariants after each.
//   MK2_ATTACKS=all: every case behind both web servers on both backends; else what differs there
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Mariadb, missingForMariadb } from '../e2e/support/mariadb.mjs';
import { cases } from './cases.mjs';
import { assertProblem, build, SECRET, Target } from './support/target.mjs';
import { missingForApache } from './support/web_servers.mjs';

const all = process.env.MK2_ATTACKS === 'all';
const mariadb = new Mariadb();

/** Behind Apache, what the web server has a part in. */
const SETTINGS = [
  { web: 'nginx', storage: 'flatfile', groups: /./ },
  { web: 'nginx', storage: 'mysql', groups: /./ },
  { web: 'apache', storage: 'flatfile', groups: all ? /./ : /^H/ },
  ...(all ? [{ web: 'apache', storage: 'mysql', groups: /./ }] : []),
];

before(async () => {
  if (!missingForMariadb(build)) await mariadb.create(SETTINGS.filter(({ storage }) => storage === 'mysql').map(({ web }) => `attacks_${web}`));
});
after(() => mariadb.stop());

for (const { web, storage, groups } of SETTINGS) {
  const missing = (web === 'apache' && missingForApache()) || (storage === 'mysql' && missingForMariadb(build));
  describe(`${web}, ${storage}`, { skip: missing ? `there is no ${missing}` : false }, () => {
    const target = new Target(web, storage === 'mysql' ? { mariadb, name: `attacks_${web}` } : undefined);
    before(() => target.start());
    after(async () => {
      for (const end of await target.stop()) assert.deepEqual(end, { code: 0, signal: null });
    });

    test('what must not happen is seen', async () => {
      const { a } = target;
      await assert.rejects(target.unchanged(() => a.userToken('somebody')));
      for (const secret of [a.apiKey, await a.sessionToken(), await a.userToken('somebody')]) assert.match(secret, SECRET);
      assert.doesNotMatch(a.apiKey.slice(0, 12), SECRET);
      const good = await a.call('GET', '/nothing');
      assertProblem(good);
      const spoiled = [{ status: 400 }, { value: { ...good.value, more: 1 } }, { value: { ...good.value, code: undefined } }, { headers: new Map([...good.headers, ['cache-control', ['private']]]) }];
      for (const change of spoiled) assert.throws(() => assertProblem({ ...good, ...change }));
      target.unheard(-1);
      await assert.rejects(target.holdsInvariants(), /log lines of nobody/);
      target.unheard(1);
    });

    for (const [id, what, attack, only = {}] of cases) {
      if (!groups.test(id) || (only.storage ?? storage) !== storage || (only.long && !all)) continue;
      test(`${id} ${what}`, async () => {
        await attack(target);
        await target.holdsInvariants();
      });
    }
  });
}
