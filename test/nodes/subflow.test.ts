import assert from 'node:assert/strict';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { node, probe, storageNode, TAB, WATCH } from './support/flows';
import { NodeRed, type FlowEntry } from './support/node-red';

/** A node that passes everything on. */
function tap(RED: NodeAPI): void {
  RED.nodes.registerType('tap', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    this.on('input', (msg, send, done) => {
      send(msg);
      done();
    });
  });
}

/** What is put into `in` reaches a send-async inside a subflow; the subflow's output is what `watcher` in it hears. */
const flowWith = (watcher: FlowEntry): FlowEntry[] => [
  TAB,
  storageNode('ann'),
  {
    id: 'sending',
    type: 'subflow',
    name: 'sending',
    in: [{ x: 0, y: 0, wires: [{ id: 'send' }] }],
    out: [{ x: 0, y: 0, wires: [{ id: watcher.id, port: 0 }] }],
  },
  node('send-async', 'send', 'ann-session', { z: 'sending', friend: 'nobody', wires: [[], []] }),
  { ...watcher, z: 'sending', x: 0, y: 0, scope: null, wires: [] },
  { id: 'use', type: 'subflow:sending', z: 'tab', x: 0, y: 0, wires: [['heard']] },
  { id: 'in', type: 'tap', z: 'tab', x: 0, y: 0, wires: [['use']] },
  { id: 'outer', type: 'catch', z: 'tab', x: 0, y: 0, scope: null, uncaught: false, wires: [['outside']] },
  probe('heard'),
  probe('outside'),
];

describe('a send-async in a subflow', () => {
  let red: NodeRed;

  beforeEach(async () => {
    red = await NodeRed.start([TAB, ...WATCH], undefined, tap);
  });

  afterEach(() => red.stop());

  it('has its error heard by the Catch node beside it, and by none outside', async () => {
    await red.deploy(flowWith({ id: 'watch', type: 'catch', uncaught: false }));
    red.send('in', { payload: 'leak' });
    const { error, payload } = await red.wait('heard');
    assert.deepEqual([error.code, payload], ['ErrUnknownFriend', 'leak']);
    assert.deepEqual(red.probes.all('outside'), []);
  });

  it('has its error heard outside when nothing inside catches', async () => {
    await red.deploy(flowWith({ id: 'watch', type: 'status' }));
    red.send('in', { payload: 'leak' });
    const { error, payload } = await red.wait('outside');
    assert.deepEqual([error.code, payload], ['ErrUnknownFriend', 'leak']);
  });
});
