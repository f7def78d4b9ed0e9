// The files for Prometheus and Grafana, held against what /metrics of a real server says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Site, startInstallation } from './support/site.mjs';

const read = (name) => fs.readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const rules = read('conf/monitoring/masterkey2.rules.yml');
const scrape = read('conf/monitoring/prometheus.yml');
const dashboard = JSON.parse(read('conf/monitoring/grafana.json'));
/** Given by Prometheus to all that it scrapes. */
const OF_PROMETHEUS = ['instance', 'job'];
/** Nothing fails in this test. */
const WITHOUT_SAMPLES = ['masterkey2_storage_errors_total'];
let installation, families;

before(async () => {
  installation = await startInstallation();
  const site = new Site(installation, 'Shop', 'example.com');
  const passkey = await site.register('user-17');
  await site.signIn(passkey, await site.sessionToken());
  families = parse(await (await fetch(`${installation.url}/metrics`)).text());
});
after(() => installation?.stop());

/** Families of the text format: name → { type, labels: their names in samples, le and process among them }. */
function parse(text) {
  const found = new Map();
  for (const line of text.trim().split('\n')) {
    const [, name, type] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? [];
    if (name) found.set(name, { type, labels: new Set() });
    const [, sample, labels] = /^(\w+)\{(.*)\} [\d.]+$/.exec(line) ?? [];
    if (!sample) continue;
    const family = found.get(sample) ?? found.get(sample.replace(/_(bucket|sum|count)$/, ''));
    for (const [, label] of labels.matchAll(/(\w+)="/g)) family.labels.add(label);
  }
  return found;
}

/** What an alert's or a panel's expression names: metrics, and the labels of its selectors and groups. */
function named(expression) {
  const metrics = [...expression.matchAll(/\b(masterkey2_\w+)(?:\{([^}]*)\})?/g)];
  const groups = [...expression.matchAll(/\b(?:by|on|group_left) \(([\w, ]+)\)/g)];
  const labels = (text) => [...(text ?? '').matchAll(/(\w+)\s*(?:=~|!=|=)/g)].map(([, label]) => label);
  return {
    metrics: metrics.map(([, name, selector]) => ({ name, labels: labels(selector) })),
    groups: groups.flatMap(([, list]) => list.split(', ')),
  };
}

function familyOf(metric) {
  const plain = families.get(metric);
  if (plain) return plain.type !== 'histogram' && plain;
  const family = families.get(metric.replace(/_(bucket|sum|count)$/, ''));
  return family?.type === 'histogram' && family;
}

function checkExpression(expression) {
  const { metrics, groups } = named(expression);
  const labels = new Set(OF_PROMETHEUS);
  for (const { name, labels: selected } of metrics) {
    const family = familyOf(name);
    assert.ok(family, `/metrics has no ${name}`);
    if (family.labels.size === 0) {
      assert.ok(WITHOUT_SAMPLES.includes(name), `${name} has no sample`);
      return;
    }
    for (const label of selected) {
      assert.ok(family.labels.has(label) || OF_PROMETHEUS.includes(label), `${name} has no label ${label}`);
    }
    family.labels.forEach((label) => labels.add(label));
  }
  for (const label of groups) assert.ok(labels.has(label), `no metric of it has the label ${label}: ${expression}`);
}

/** [alert, expression] of each rule; an expression is one line, or folded (>-). */
const alerts = rules.split(/^ +- alert: /m).slice(1).map((rule) => {
  const [, expression] = /^ +expr: (?:>-\n)?([^]*?)^ {8}\w+:/m.exec(rule);
  return [rule.split('\n')[0], expression.replace(/\s+/g, ' ').trim()];
});

describe('alert rules', () => {
  test('are there', () => assert.ok(alerts.length >= 8));
  for (const [name, expression] of alerts) {
    test(`${name} names what /metrics has`, () => checkExpression(expression));
    test(`${name} is explained for operators`, () => assert.ok(read('docs/operations.md').includes(`\`${name}\``)));
  }
  test('are about the job that is scraped', () => assert.match(scrape, /^ +- job_name: masterkey2$/m));
  test('are in the file that Prometheus is told of', () => assert.match(scrape, /^ +- masterkey2\.rules\.yml$/m));
});

describe('dashboard', () => {
  for (const panel of dashboard.panels) {
    test(`${panel.title} names what /metrics has`, () => {
      assert.ok(panel.targets.length > 0);
      for (const { expr, legendFormat } of panel.targets) {
        checkExpression(expr);
        const groups = named(expr).groups;
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) assert.ok(groups.includes(label), legendFormat);
      }
    });
  }
  test('panels do not overlap', () => {
    const cells = new Set();
    for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
      assert.ok(x + w <= 24, title);
      for (let i = x; i < x + w; i += 1) {
        for (let j = y; j < y + h; j += 1) {
          assert.ok(!cells.has(`${i},${j}`), title);
          cells.add(`${i},${j}`);
        }
      }
    }
  });
  test('shows every family of /metrics', () => {
    const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
    const missing = [...families.keys()].filter((name) => !expressions.includes(name));
    assert.deepEqual(missing, []);
  });
});

test('what /metrics does not have is noticed', () => {
  assert.throws(() => checkExpression('rate(masterkey2_nothing_total[5m])'), /has no masterkey2_nothing_total/);
  assert.throws(() => checkExpression('masterkey2_requests_total{colour="red"}'), /no label colour/);
  assert.throws(() => checkExpression('sum by (colour) (masterkey2_requests_total)'), /label colour/);
  assert.throws(() => checkExpression('masterkey2_storage_duration_seconds'), /has no masterkey2_storage/);
});
