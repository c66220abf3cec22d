import assert from 'node:assert/strict';
import { isPassedOn } from '../../../../nodes/runtime/handlers/passed-on';

describe('A message that a node sends while a redeploy may begin', () => {
  let there: Map<string, object>;
  let sent: unknown[];
  const nodes = { getNode: (id: string) => there.get(id) ?? null };
  const node = (...wires: string[][]) => ({ wires, send: (msg: unknown) => void sent.push(msg) });
  const msg = { payload: 'delivered' };

  beforeEach(() => {
    sent = [];
    there = new Map([
      ['a', {}],
      ['b', {}],
    ]);
  });

  it('is sent from its output at once, and passed on while the nodes behind it stay', async () => {
    const result = isPassedOn({ nodes }, node([], ['a', 'b']), 1, msg);
    assert.deepEqual(sent, [[null, msg]]);
    assert.equal(await result, true);
  });

  it('is dropped when one of them closes in the same turn, or is replaced', async () => {
    for (const change of [() => there.delete('b'), () => there.set('b', {})]) {
      there.set('b', {});
      const result = isPassedOn({ nodes }, node([], ['a', 'b']), 1, msg);
      change();
      assert.equal(await result, false);
    }
  });

  it('cannot be dropped where nothing is wired, and is dropped where nobody is there', async () => {
    assert.equal(await isPassedOn({ nodes }, node([], []), 1, msg), true);
    assert.equal(await isPassedOn({ nodes }, node([], ['gone']), 1, msg), false);
  });
});
