import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { THREE, withChange } from '../support/flows';
import { managerOf, met, NodeRed, sessionOf } from '../support/node-red';

describe('A message that another branch of the flow changes at once', () => {
  let red: NodeRed;

  before(async () => {
    red = await NodeRed.start(THREE);
    await met(red, 'device-session', 'phone-session', 'home-session');
  });

  after(() => red.stop());

  it('goes out as it was, also while the session opens', async () => {
    // A changed session opens once more; it has its friends from before.
    await red.deploy(withChange(THREE, 'device-session', { cap: 32 }), 'nodes');
    assert.equal(sessionOf(red, 'device-session').open, undefined, 'it is opening');
    const bytes = Buffer.from('as bytes it was');
    const tree = { deep: [{ text: 'as tree it was' }] };
    const friends = ['phone'];
    const messages: Record<string, unknown>[] = [
      { _msgid: 'bytes', payload: bytes, friend: friends, expires: 100 },
      { _msgid: 'tree', payload: tree, friend: 'phone', expires: new Date(Date.now() + 100_000) },
      { _msgid: 'text', payload: 'as text it was', friend: 'phone', messageType: 'action' },
    ];
    for (const msg of messages) red.send('send', msg);
    bytes.fill(33);
    tree.deep[0] = { text: 'changed' };
    friends[0] = 'home';
    for (const msg of messages) {
      Object.assign(msg, {
        payload: 'changed',
        friend: 'home',
        expires: 1,
        messageType: 'normal',
        action: 'x',
      });
    }
    await managerOf(red, 'device-session');
    await red.wait('received', ({ payload }) => Buffer.from('as bytes it was').equals(payload as Buffer));
    await red.wait('received', ({ payload }) =>
      isDeepStrictEqual(payload, { deep: [{ text: 'as tree it was' }] }),
    );
    const text = await red.wait('received', ({ payload }) => payload === 'as text it was');
    assert.equal(text.messageType, 'action');
    for (const _msgid of ['bytes', 'tree']) {
      const { receipt } = await red.wait('receipts', (msg) => msg._msgid === _msgid);
      const { createdAt, expiresAt } = receipt[0] ?? receipt;
      assert.ok(expiresAt - createdAt > 90_000);
    }
    assert.equal(red.probes.all('errors').length, 0);
  });
});
