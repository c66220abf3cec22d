import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { MANIFEST } from '../../scripts/support/project';
import { packed } from './support/package-under-test';

const TYPES = ['storage-node', 'tox-transport', 'send-async', 'receive-async', 'prekey-exchange'];

/** All that may be in the package. */
const SHAPE = [
  /^package\.json$/,
  /^LICENSE$/,
  /^(README|CHANGELOG)\.md$/,
  /^dist\/bin\/[\w/-]+\.js$/,
  /^dist\/lib\/[\w/-]+\.(js|d\.ts)$/,
  /^dist\/lib\/transport\/toxcore\/bootstrap-nodes\.json$/,
  /^dist\/nodes\/[\w/-]+\.js$/,
  /^dist\/nodes\/[\w-]+\.html$/,
  /^dist\/nodes\/icons\/[\w-]+\.(svg|png)$/,
  /^dist\/nodes\/locales\/[a-z]{2}(-[A-Z]{2})?\/[\w-]+\.(json|html)$/,
  /^resources\/[\w/-]+\.(js|css)$/,
  /^docs\/(guides\/)?[\w-]+\.md$/,
  /^docs\/images\/[\w-]+\.png$/,
  /^docs\/service\/(Containerfile|[\w-]+\.service)$/,
  /^docs\/grafana\/[\w-]+\.json$/,
  /^examples\/[\w-]+\.json$/,
];

describe('The packed package', function () {
  this.timeout(120_000);
  let files: string[];
  let tarball: string;

  before(async () => {
    ({ files, tarball } = await packed());
  });

  it('holds nothing beyond what users need: no tests, no scripts, no TypeScript sources', () => {
    assert.deepEqual(
      files.filter((file) => !SHAPE.some((shape) => shape.test(file))),
      [],
    );
  });

  it('holds the code, the dialog, the texts and the help of every node', () => {
    const expected = TYPES.flatMap((type) => [
      `dist/nodes/${type}.js`,
      `dist/nodes/${type}.html`,
      `dist/nodes/locales/en-US/${type}.json`,
      `dist/nodes/locales/en-US/${type}.html`,
    ]);
    assert.deepEqual(
      expected.filter((file) => !files.includes(file)),
      [],
    );
  });

  it('names exactly these five nodes to Node-RED', () => {
    const declared = Object.entries(MANIFEST['node-red'].nodes);
    assert.deepEqual(declared.sort(), TYPES.map((type) => [type, `dist/nodes/${type}.js`]).sort());
  });

  it('holds the sidebar: its routes, its texts, and what browsers load of it', () => {
    const expected = [
      'dist/nodes/sidebar.js',
      'dist/nodes/sidebar.html',
      'dist/nodes/locales/en-US/sidebar.json',
      'dist/nodes/locales/de/sidebar.json',
      'resources/editor/sidebar/main.js',
      'resources/editor/sidebar/sidebar.css',
    ];
    assert.deepEqual(
      expected.filter((file) => !files.includes(file)),
      [],
    );
  });

  it('holds the library with its types, the licence, the read-me and the changelog', () => {
    const expected = ['dist/lib/index.js', 'dist/lib/index.d.ts', 'LICENSE', 'README.md', 'CHANGELOG.md'];
    assert.deepEqual(
      expected.filter((file) => !files.includes(file)),
      [],
    );
  });

  it('is built before npm packs or publishes it: a clone has no code to pack', () => {
    assert.equal(MANIFEST.scripts.prepack, 'npm run build');
  });

  it('is under 1 MB', () => {
    const { size } = statSync(tarball);
    assert.ok(size < 1_000_000, `${size} bytes`);
  });

  it('holds icons, examples, units for services and the dashboard', () => {
    for (const folder of ['dist/nodes/icons/', 'examples/', 'docs/service/', 'docs/grafana/']) {
      assert.ok(
        files.some((file) => file.startsWith(folder)),
        folder,
      );
    }
  });
});
