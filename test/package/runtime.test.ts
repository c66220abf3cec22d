import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LogLine } from '../../scripts/support/log-reader';
import { exampleNodes } from '../../scripts/support/examples';
import { newestNodeRed } from '../../scripts/support/node-red/newest-node-red';
import type { Runtime } from '../../scripts/support/node-red/newest-node-red';
import { NodeRedProcess } from '../../scripts/support/node-red/node-red-process';
import { MANIFEST } from '../../scripts/support/project';
import { installed, USER_DIR } from './support/package-under-test';

interface NodeSet {
  module: string;
  name: string;
  types: string[];
  enabled: boolean;
  err?: string;
}

const TYPES = Object.keys(MANIFEST['node-red'].nodes);

function suite(title: string, runtime: () => Promise<Partial<Runtime>>): void {
  describe(title, function () {
    this.timeout(300_000);
    let folder: string;
    let red: NodeRedProcess;

    const read = (...parts: string[]) => readFileSync(path.join(folder, ...parts), 'utf8');
    const list = (...parts: string[]) => readdirSync(path.join(folder, ...parts));
    const languages = () => list('dist/nodes/locales');

    before(async () => {
      folder = await installed();
      const settings = { nodesDir: await exampleNodes() };
      red = await NodeRedProcess.start({ userDir: USER_DIR, settings, ...(await runtime()) });
    });

    it('loads all five types without an error', async () => {
      const sets = (await red.json('/nodes')) as NodeSet[];
      const ours = sets.filter(({ module }) => module === MANIFEST.name);
      assert.deepEqual(
        ours.map(({ name, types, enabled, err }) => ({ name, types, enabled, err })).sort(byName),
        TYPES.map((name) => ({ name, types: [name], enabled: true, err: undefined })).sort(byName),
      );
    });

    it('offers every icon that a node names', async () => {
      const icons = (await red.json('/icons')) as Record<string, string[]>;
      assert.deepEqual(icons[MANIFEST.name]?.sort(), list('dist/nodes/icons').sort());
      for (const type of TYPES) {
        const icon = /\bicon:\s*['"]([^'"]+)['"]/.exec(read('dist/nodes', `${type}.html`))?.[1];
        if (icon === undefined || icon.startsWith('font-awesome/')) continue;
        const response = await red.request(`/icons/${MANIFEST.name}/${icon}`);
        assert.equal(await response.text(), read('dist/nodes/icons', icon), type);
      }
    });

    it('has the texts of every node in every language', async () => {
      for (const language of languages()) {
        for (const type of TYPES) {
          const served = await red.json(`/locales/${MANIFEST.name}/${type}?lng=${language}`);
          // The runtime of Node-RED 4.1 says in its library's new way which text is the plural.
          const file = read('dist/nodes/locales', language, `${type}.json`).replaceAll('_plural"', '_other"');
          const text = JSON.stringify(served).replaceAll('_plural"', '_other"');
          assert.deepEqual(JSON.parse(text), JSON.parse(file), `${type} in ${language}`);
        }
      }
    });

    it('shows the help of every node in every language', async () => {
      for (const language of languages()) {
        const headers = { accept: 'text/html', 'accept-language': language };
        const page = await (await red.request('/nodes', { headers })).text();
        for (const type of TYPES) {
          const help = read('dist/nodes/locales', language, `${type}.html`);
          assert.match(help, new RegExp(`data-help-name=["']${type}["']`));
          assert.ok(page.includes(help), `${type} in ${language}`);
        }
      }
    });

    it('lists the examples under Import', async () => {
      const names = list('examples').map((name) => name.replace(/\.json$/, ''));
      const library = `/library/examples/flows/${MANIFEST.name}/`;
      const offered = (await red.json(library)) as (string | { fn: string })[];
      const found = offered.map((entry) => (typeof entry === 'string' ? entry : entry.fn));
      assert.deepEqual(found.sort(), names.sort());
    });

    it('starts every example without an error, with libtoxcore or without', async () => {
      for (const name of list('examples')) {
        const from = red.lines.length;
        await red.deploy(withoutNetwork(JSON.parse(read('examples', name)) as object[]));
        const errors = red.lines.slice(from).filter(isTrouble);
        assert.deepEqual(errors, [], name);
      }
      await red.deploy([]);
    });

    // Last, and the clean-up too.
    it('stops in order', async () => {
      assert.deepEqual(await red.stop(), { code: 0, signal: null });
    });
  });
}

suite('The installed package in a real Node-RED', () => Promise.resolve({}));
if (process.env.FULL === '1') suite('The installed package in Node-RED 5', newestNodeRed);

/** libtoxcore knows no node that it could talk to: nothing leaves the machine. */
function withoutNetwork(flow: object[]): object[] {
  const bootstrap = path.join(USER_DIR, 'no-nodes.json');
  writeFileSync(bootstrap, JSON.stringify({ nodes: [] }));
  return flow.map((entry) =>
    'mode' in entry && entry.mode === 'libtoxcore' ? { ...entry, bootstrap } : entry,
  );
}

/** An error, logged or printed: some of the runtime's own go straight to the console. */
const isTrouble = ({ level, text }: LogLine) => level === 'error' || /\bError\b/.test(text);

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
