import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedPackages } from '../../scripts/support/cached-packages';
import { exampleNames, readExample } from '../../scripts/support/examples';
import { CACHE } from '../../scripts/support/project';
import { run } from '../../scripts/support/run';
import { sizeOf } from '../nodes/support/node-size';

const FOLDER = path.join(CACHE, 'nrlint');
/** Function nodes run in Node.js, of which nrlint's own rules know nothing. */
const IN_NODE = "module.exports.rules['function-eslint'].config.env = { node: true, es2022: true };\n";

/** Where nrlint finds a fault, and which. */
interface Complaint {
  readonly location: readonly string[];
  readonly message: string;
  readonly rule: string;
}

describe('nrlint', function () {
  this.timeout(300_000);

  /** @param flow with the size that the editor gives to each node: two rules need it */
  async function complaintsOf(flow: readonly object[]): Promise<string[]> {
    const { bin } = await cachedPackages('nrlint', ['nrlint@1.2.0'], { bin: 'nrlint/bin/nrlint.js' });
    await mkdir(FOLDER, { recursive: true });
    const [rules, flows] = ['rules.js', 'flows.json'].map((name) => path.join(FOLDER, name)) as [
      string,
      string,
    ];
    const own = await run(process.execPath, [bin, '--init'], { quiet: true });
    await writeFile(rules, own.trimEnd() + ';\n' + IN_NODE);
    await writeFile(flows, JSON.stringify(flow));
    const report = await run(process.execPath, [bin, '--config', rules, '--format', 'json', flows], {
      quiet: true,
    })
      // It ends with 1 when it finds something.
      .catch((error: unknown) => String(error));
    const complaints = JSON.parse(report.slice(report.indexOf('['))) as Complaint[];
    return complaints.map(({ location, message, rule }) => `${location.join()}: ${message} (${rule})`);
  }

  it('finds nothing in the examples', async () => {
    const flows = await Promise.all((await exampleNames()).map(readExample));
    const sized = flows.flat().map((entry) => ('x' in entry ? { ...entry, ...sizeOf(entry) } : entry));
    assert.deepEqual(await complaintsOf(sized), []);
  });

  it('finds what is wrong with a flow', async () => {
    const flow = [
      { id: 'tab', type: 'tab', label: 'faulty' },
      {
        id: 'in',
        type: 'http in',
        z: 'tab',
        url: '/x',
        method: 'get',
        x: 100,
        y: 100,
        w: 100,
        h: 30,
        wires: [['fn']],
      },
      {
        id: 'fn',
        type: 'function',
        z: 'tab',
        name: 'f',
        func: 'return x;',
        outputs: 1,
        initialize: '',
        finalize: '',
        libs: [],
        x: 110,
        y: 100,
        w: 100,
        h: 30,
        wires: [[]],
      },
    ];
    const rules = (await complaintsOf(flow)).map((each) => /\((.*)\)$/.exec(each)?.[1]).sort();
    const expected = ['align-to-grid', 'no-overlapping-nodes', 'no-unconnected-http-nodes'];
    assert.deepEqual([...new Set(rules)], expected);
  });
});
