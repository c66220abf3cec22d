import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/support/project';
import { METRICS } from '../../lib/metrics/metric-table';
import { readPage } from './support/pages';

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly gridPos: { readonly x: number; readonly w: number };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const file = path.join(ROOT, 'docs/grafana/tox-async.json');
const { panels } = JSON.parse(readFileSync(file, 'utf8')) as Dashboard;
const targets = panels.flatMap((panel) => panel.targets);

describe('docs/ADMIN.md', () => {
  it('has a row for every metric, with its type, and no others', () => {
    const [, section = ''] = readPage('docs/ADMIN.md').text.split('\n## Metrics\n');
    const rows = [...section.matchAll(/^\| (`tox_async_.*?) +\| (gauge|counter) +\|/gm)];
    const listed = rows.flatMap(([, names = '', type = '']) =>
      names
        .replaceAll('`', '')
        .split(', ')
        .map((name) => [name, type]),
    );
    assert.deepEqual(listed.sort(), METRICS.map(({ name, type }) => [name, type]).sort());
  });
});

describe('The dashboard for Grafana', () => {
  it('asks for metrics that there are, and shows all of them', () => {
    const asked = targets.flatMap(({ expr }) => expr.match(/tox_async_\w+/g) ?? []);
    assert.deepEqual([...new Set(asked)].sort(), METRICS.map(({ name }) => name).sort());
  });

  it('asks for labels that the page of the metrics names', () => {
    const { text } = readPage('docs/ADMIN.md');
    const known = ['session', 'instance', 'state', 'of', 'outcome', 'reason'];
    for (const label of known.slice(2)) assert.ok(text.includes(`\`${label}\``), label);
    for (const { expr, legendFormat } of targets) {
      const grouped = [...expr.matchAll(/(?:by|on) \(([\w, ]+)\)/g)].flatMap(([, list = '']) =>
        list.split(', '),
      );
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      for (const label of [...grouped, ...shown]) assert.ok(known.includes(label), label);
    }
  });

  it('has panels of their own numbers, side by side', () => {
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    for (const { gridPos } of panels) assert.ok(gridPos.x + gridPos.w <= 24);
  });
});
