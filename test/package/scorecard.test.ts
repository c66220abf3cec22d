import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { MANIFEST, ROOT } from '../../scripts/support/project';

/** The checks of Node-RED's flow library that need no network, under the library's own numbers. */
describe("The flow library's scorecard", () => {
  it('P01: names a licence, and the licence is there', () => {
    assert.equal(MANIFEST.license, 'MIT');
    assert.match(readFileSync(path.join(ROOT, 'LICENSE'), 'utf8'), /^MIT License/);
  });

  it('P02: names no repository while there is none: one that cannot be cloned fails', () => {
    assert.ok(!('repository' in MANIFEST));
  });

  it('P03: says where to report bugs', () => {
    assert.match(MANIFEST.bugs.url, /^https:\/\//);
  });

  it('P04: follows the naming rule', () => {
    assert.match(MANIFEST.name, /^(node-red-contrib-[a-z0-9-]+|@[a-z0-9-]+\/[a-z0-9-]+)$/);
  });

  it('P05: has the keyword that makes the library list it', () => {
    assert.ok(MANIFEST.keywords.includes('node-red'));
  });

  it('P06: names the Node-RED versions it runs on, this one among them', () => {
    const file = path.join(ROOT, 'node_modules/node-red/package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    assert.equal(MANIFEST['node-red'].version, '>=4.0.0');
    assert.ok(Number.parseInt(version) >= 4);
  });

  it('P07: names the Node.js versions it runs on, this one among them', () => {
    assert.equal(MANIFEST.engines.node, '>=20.19');
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    assert.ok(major > 20 || (major === 20 && minor >= 19), process.version);
  });

  it('N01: registers each type under the name that its file and package.json give it', () => {
    for (const [type, file] of Object.entries(MANIFEST['node-red'].nodes)) {
      const html = readFileSync(path.join(ROOT, file.replace(/\.js$/, '.html')), 'utf8');
      const registered = [...html.matchAll(/registerType\(\s*['"]([^'"]+)['"]/g)].map(([, name]) => name);
      assert.deepEqual(registered, [type]);
    }
  });

  it('N02: shows every node in an example', () => {
    const folder = path.join(ROOT, 'examples');
    const flows = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as { type: string }[]);
    const used = new Set(flows.flat().map(({ type }) => type));
    assert.deepEqual(
      Object.keys(MANIFEST['node-red'].nodes).filter((type) => !used.has(type)),
      [],
    );
  });

  it('D01: has at most six dependencies, and at most three optional ones', () => {
    const [always, optional] = [
      Object.keys(MANIFEST.dependencies),
      Object.keys(MANIFEST.optionalDependencies),
    ];
    assert.ok(always.length <= 6, always.join(', '));
    assert.ok(optional.length <= 3, optional.join(', '));
  });

  it('D02: brings no package that is known to break Node-RED: agent-base before 6', () => {
    const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string; dev?: boolean }>;
    };
    const old = Object.entries(lock.packages).filter(
      ([place, { version = '', dev }]) =>
        place.endsWith('/agent-base') && dev !== true && Number.parseInt(version) < 6,
    );
    assert.deepEqual(old, []);
  });

  it('depends on no second copy of the runtime', () => {
    const all = { ...MANIFEST.dependencies, ...MANIFEST.optionalDependencies };
    assert.deepEqual(
      Object.keys(all).filter((name) => /^(@node-red\/|node-red$)/.test(name)),
      [],
    );
  });
});
