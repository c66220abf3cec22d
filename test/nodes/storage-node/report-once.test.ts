import assert from 'node:assert/strict';
import { node, probe, storageNode, TAB, WATCH } from '../support/flows';
import { managerOf, NodeRed, until } from '../support/node-red';
import { ToxAsyncError } from '../../../lib/index';

describe('What a session that many nodes use reports', () => {
  let red: NodeRed;

  afterEach(() => red.stop());

  it('reaches each Catch node once, if it is an error, whichever of the nodes it watches', async () => {
    const on = (id: string, scope: string[] | null, more = {}) => [
      {
        id: `catch-${id}`,
        type: 'catch',
        z: 'tab',
        x: 0,
        y: 0,
        scope,
        uncaught: false,
        wires: [[id]],
        ...more,
      },
      probe(id),
    ];
    red = await NodeRed.start([TAB, ...WATCH]);
    await red.deploy([
      TAB,
      ...WATCH,
      storageNode('ann'),
      ...['a', 'b', 'c', 'd'].map((id) => node('send-async', id, 'ann-session')),
      { ...node('receive-async', 'e', 'ann-session'), z: 'tab-2' },
      { id: 'tab-2', type: 'tab', label: 'second' },
      ...on('of-a-and-b', ['a', 'b']),
      ...on('of-b', ['b']),
      ...on('of-a', ['a']),
      ...on('of-none', ['x']),
      ...on('uncaught', null, { uncaught: true }),
      { id: 'catch-2', type: 'catch', z: 'tab-2', x: 0, y: 0, scope: null, wires: [['other-tab']] },
      { ...probe('other-tab'), z: 'tab-2' },
    ]);
    const manager = await managerOf(red, 'ann-session');
    const problem = new ToxAsyncError('ErrDirectoryReplaced', 'Put it back.');
    Object.defineProperty(manager, 'problem', { get: () => problem });
    const hears = ['errors', 'of-a-and-b', 'of-a', 'of-b', 'other-tab'];
    for (let count = 1; count <= 3; count += 1) manager.events.emit('changed', undefined);
    await until('all Catch nodes hear', () => hears.every((id) => red.probes.all(id).length > 0));
    await new Promise((resolve) => setImmediate(resolve));
    for (const id of hears) assert.equal(red.probes.all(id).length, 1, id);
    for (const id of ['of-none', 'uncaught']) assert.equal(red.probes.all(id).length, 0, id);
  });

  it('reaches each Status node once, if it is a status, whichever of the nodes it watches', async () => {
    const on = (id: string, scope: string[] | null, z = 'tab') => [
      { id: `status-${id}`, type: 'status', z, x: 0, y: 0, scope, wires: [[id]] },
      { ...probe(id), z },
    ];
    red = await NodeRed.start([TAB, ...WATCH]);
    await red.deploy([
      TAB,
      ...WATCH,
      { id: 'tab-2', type: 'tab', label: 'second' },
      storageNode('ann'),
      ...['a', 'b', 'c'].map((id) => node('send-async', id, 'ann-session')),
      { ...node('receive-async', 'd', 'ann-session'), z: 'tab-2' },
      ...on('of-all', null),
      ...on('of-a-and-b', ['a', 'b']),
      ...on('of-none', ['x']),
      ...on('other-tab', null, 'tab-2'),
    ]);
    const manager = await managerOf(red, 'ann-session');
    const ofSession = (id: string) =>
      red.probes
        .all(id)
        .map(({ status }) => status as { text?: string; source?: { id: string } })
        .filter(({ text, source }) => source?.id === 'ann-session' && text === 'error: ErrDirectoryReplaced');
    const problem = new ToxAsyncError('ErrDirectoryReplaced', 'Put it back.');
    Object.defineProperty(manager, 'problem', { get: () => problem });
    manager.events.emit('changed', undefined);
    const hears = ['of-all', 'of-a-and-b', 'other-tab'];
    await until('all Status nodes hear', () => hears.every((id) => ofSession(id).length > 0));
    await new Promise((resolve) => setImmediate(resolve));
    for (const id of hears) assert.equal(ofSession(id).length, 1, id);
    assert.equal(ofSession('of-none').length, 0);
  });
});
