import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { util } from '@node-red/util';
import type { Node } from 'node-red';
import { FOREIGN_TYPES } from '../../scripts/support/examples';
import { DialogFields } from '../nodes/support/dialog-fields';
import { sizeOf } from '../nodes/support/node-size';

const FOLDER = path.join(__dirname, '../../examples');

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly name?: string;
  readonly storageNode?: string;
  readonly version?: unknown;
  readonly mode?: string;
  readonly network?: string;
  readonly bridge?: boolean;
  readonly rules?: readonly { readonly p?: string; readonly to?: string }[];
  readonly scope?: readonly string[] | null;
  readonly x?: number;
  readonly y?: number;
  readonly wires?: readonly (readonly string[])[];
}

/** These need nothing but the runtime: no network, no files, no other package. */
const KNOWN = new Set([
  ...['tab', 'comment', 'inject', 'debug', 'change', 'switch', 'catch', 'status', 'http in', 'http response'],
  ...[
    'link in',
    'link out',
    'storage-node',
    'tox-transport',
    'send-async',
    'receive-async',
    'prekey-exchange',
  ],
]);
/** What only these need. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  ...FOREIGN_TYPES,
  '12-key-gauge-alarm': ['split'],
  '13-alarm-or-sms': ['http request'],
  '14-wake-up': ['http request'],
  '15-mqtt-in-and-out': ['mqtt-broker', 'mqtt in', 'mqtt out'],
  '22-bridge-over-tcp': ['function', 'tcp in', 'tcp out'],
};
/** What a canvas is wide on a screen of 1,280 pixels. */
const CANVAS = 1280;
const OURS = new Map(
  ['storage-node', 'tox-transport', 'send-async', 'receive-async', 'prekey-exchange'].map((type) => [
    type,
    new DialogFields(type).definition.defaults,
  ]),
);

const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .sort();
const nameOf = (file: string) => file.replace(/\.json$/, '');
const flowOf = (file: string) => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Entry[];
const idsIn = (flow: Entry[]) => new Set(flow.map(({ id }) => id));

describe('The example flows', () => {
  for (const file of files) {
    describe(file, () => {
      const flow = flowOf(file);
      const byId = new Map(flow.map((entry) => [entry.id, entry]));

      it('needs nothing that Node-RED and this package do not have', () => {
        assert.deepEqual(
          flow
            .map(({ type }) => type)
            .filter((type) => !KNOWN.has(type) && !ALSO[nameOf(file)]?.includes(type)),
          [],
        );
      });

      it('has nothing to fill in: each node has its session, each wire its end, each id one node', () => {
        assert.equal(idsIn(flow).size, flow.length);
        for (const { id, storageNode, wires = [] } of flow) {
          if (storageNode !== undefined) assert.equal(byId.get(storageNode)?.type, 'storage-node', id);
          for (const target of wires.flat()) assert.ok(byId.has(target), `${id} -> ${target}`);
        }
        for (const { id, type } of flow.filter((entry) => entry.type === 'storage-node')) {
          const transports = flow.filter(
            (each) => (each.type === 'tox-transport' || each.bridge === true) && each.storageNode === id,
          );
          assert.equal(transports.length, 1, `${type} ${id} has one transport`);
        }
      });

      it('has no loop', () => {
        const visit = (id: string, trail: readonly string[]): void => {
          assert.ok(!trail.includes(id), [...trail, id].join(' -> '));
          for (const next of byId.get(id)?.wires?.flat() ?? []) visit(next, [...trail, id]);
        };
        for (const { id } of flow) visit(id, []);
      });

      it('has a setting for each field of a dialog, so that closing one adds nothing', () => {
        for (const entry of flow) {
          const defaults = OURS.get(entry.type);
          if (defaults === undefined) continue;
          const missing = Object.keys(defaults).filter((field) => !(field in entry));
          assert.deepEqual(missing, [], entry.id);
          assert.equal(entry.version, defaults.version?.value, entry.id);
        }
      });

      it('can be imported twice: sessions and virtual networks belong to the tab', () => {
        for (const { id, z, mode, network, storageNode } of flow) {
          // A node that the editor copies takes along the config nodes of its tab only.
          if (storageNode !== undefined) assert.equal(byId.get(storageNode)?.z, z, id);
          if (mode === 'virtual') assert.equal(network, '${NR_FLOW_ID}', id);
        }
      });

      it('is explained by comments, fits the canvas, and begins its lines at the same place', () => {
        assert.ok(flow.some(({ type }) => type === 'comment'));
        for (const entry of flow) {
          const { id, x, type } = entry;
          if (x === undefined) continue;
          const { w } = sizeOf(entry);
          const button = type === 'debug' ? 25 : 0;
          assert.ok(x + w / 2 + button <= CANVAS, `${id} ends at ${x + w / 2}`);
          assert.equal((x - w / 2) % 20, 0, `${id} begins at ${x - w / 2}`);
        }
        const starts = flow.filter(({ x, type }) => x !== undefined && type === 'comment');
        assert.deepEqual(new Set(starts.map((entry) => (entry.x ?? 0) - sizeOf(entry).w / 2)), new Set([40]));
      });
    });
  }

  it('are numbered', () => {
    for (const file of files) assert.match(file, /^\d\d-[a-z-]+\.json$/);
    const numbers = files.map((file) => Number(file.slice(0, 2)));
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
  });

  it('do not get in each other’s way: ids are their own', () => {
    const ids = files.flatMap((file) => [...idsIn(flowOf(file))]);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('offline-alert takes the text of a form as it is, an empty one too, and any other body whole', async () => {
    const change = flowOf('01-offline-alert.json').find(({ id }) => id === 'oa-text');
    const text = change?.rules?.find(({ p }) => p === 'payload')?.to;
    assert.ok(text !== undefined);
    const node = new EventEmitter() as Node;
    const textOf = promisify((payload: unknown, done: (error: Error | null, result: unknown) => void) =>
      util.evaluateNodeProperty(text, 'jsonata', node, { payload }, done),
    );
    assert.equal(await textOf({ text: 'Water in the cellar' }), 'Water in the cellar');
    assert.equal(await textOf({ text: '' }), '');
    assert.equal(await textOf('Water in the cellar'), 'Water in the cellar');
    assert.deepEqual(await textOf({ level: 4 }), { level: 4 });
  });

  it('on real Tox say what is wrong: every node of theirs is watched by a Catch node', () => {
    const onTox = files.filter((file) => flowOf(file).some(({ mode }) => mode === 'libtoxcore'));
    assert.deepEqual(onTox.map(nameOf), [
      ...['17-tox-alert', '18-tox-recipient', '19-tox-storage-bot', '20-tox-echo-bot', '21-relay-to-a-phone'],
    ]);
    for (const file of onTox) {
      const [watch] = flowOf(file).filter(({ type }) => type === 'catch');
      assert.deepEqual([watch?.scope, watch?.wires?.flat().length], [null, 1], file);
    }
  });
});
