import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { util } from '@node-red/util';
import type { Node } from 'node-red';

const FOLDER = path.join(__dirname, '../../examples');

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly name?: string;
  readonly storageNode?: string;
  readonly mode?: string;
  readonly network?: string;
  readonly bridge?: boolean;
  readonly rules?: readonly { readonly p?: string; readonly to?: string }[];
  readonly scope?: readonly string[] | null;
  readonly x?: number;
  readonly y?: number;
  readonly wires?: readonly (readonly string[])[];
}

/** Needs nothing but the runtime: no network, no files, no other package. */
const KNOWN = new Set([
  ...['tab', 'comment', 'inject', 'debug', 'change', 'switch', 'catch', 'status', 'http in', 'http response'],
  ...['storage-node', 'tox-transport', 'send-async', 'receive-async', 'prekey-exchange'],
]);
/** What only these need. */
const ALSO = new Map([
  ['bridge-over-tcp.json', ['function', 'tcp in', 'tcp out']],
  ['wake-up.json', ['http request']],
  ['alarm-or-sms.json', ['http request']],
]);

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const flowOf = (file: string) => JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Entry[];
const idsIn = (flow: Entry[]) => new Set(flow.map(({ id }) => id));

describe('The example flows', () => {
  for (const file of files) {
    describe(file, () => {
      const flow = flowOf(file);
      const byId = new Map(flow.map((entry) => [entry.id, entry]));

      it('needs nothing that Node-RED and this package do not have', () => {
        assert.deepEqual(
          flow.map(({ type }) => type).filter((type) => !KNOWN.has(type) && !ALSO.get(file)?.includes(type)),
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

      it('is explained by comments, and no two nodes lie on one another', () => {
        assert.ok(flow.some(({ type }) => type === 'comment'));
        const places = flow.filter(({ x }) => x !== undefined).map(({ z, x, y }) => `${z},${x},${y}`);
        assert.equal(new Set(places).size, places.length);
      });
    });
  }

  it('do not get in each other’s way: ids and virtual networks are their own', () => {
    const ids = files.flatMap((file) => [...idsIn(flowOf(file))]);
    assert.equal(new Set(ids).size, ids.length);
    const virtual = (file: string) => flowOf(file).filter(({ mode }) => mode === 'virtual');
    const networks = files.map((file) => [...new Set(virtual(file).map(({ network }) => network))]);
    for (const names of networks) assert.ok(names.length <= 1);
    assert.equal(new Set(networks.flat()).size, networks.flat().length);
  });

  it('offline-alert takes the text of a form as it is, an empty one too, and any other body whole', async () => {
    const change = flowOf('offline-alert.json').find(({ id }) => id === 'oa-text');
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
    assert.deepEqual(onTox.sort(), ['tox-alert.json', 'tox-echo-bot.json', 'tox-storage-bot.json']);
    for (const file of onTox) {
      const [watch] = flowOf(file).filter(({ type }) => type === 'catch');
      assert.deepEqual([watch?.scope, watch?.wires?.flat().length], [null, 1], file);
    }
  });
});
