import assert from 'node:assert/strict';
import { THREE, without } from '../support/flows';
import { managerOf, NodeRed, sessionOf, until } from '../support/node-red';

/** The flow without one session, and with it. */
const LATE = ['phone-session', 'phone-net', 'phone-net-out', 'receive', 'received'];

describe('The first minute of send-async on a virtual network', () => {
  let red: NodeRed;

  beforeEach(async () => {
    red = await NodeRed.start(without(THREE, ...LATE));
  });

  afterEach(() => red.stop());

  it('lets a name wait for its owner, while the other names of the list go at once', async () => {
    const device = await managerOf(red, 'device-session');
    await until('home is there', () => device.friends().length === 1);
    red.send('send', { _msgid: 'a', payload: 'hello', friend: ['phone', 'home'] });
    const first = await red.wait('receipts');
    assert.deepEqual(
      first.receipt.map(({ friendName }) => friendName),
      ['home'],
    );
    await red.wait('outcomes', ({ payload, friendName }) => payload === 'delivered' && friendName === 'home');
    assert.equal(red.probes.all('errors').length, 0);

    await red.deploy(THREE, 'nodes');
    const second = await red.wait('receipts', ({ receipt }) => receipt[0]?.friendName === 'phone');
    assert.equal(second.payload, 'hello');
    await red.wait('received', ({ payload }) => payload === 'hello');
    assert.equal(red.probes.all('errors').length, 0);
  });

  it('makes it an error when nobody of that name came, and a wrong key one at once', async () => {
    red.send('send', { _msgid: 'key', payload: 'x', friend: '00'.repeat(32) });
    await red.caught('errors', 'send', 'ErrInvalidKey');
    red.send('send', { _msgid: 'b', payload: 'x', friend: 'nobody' });
    await managerOf(red, 'device-session');
    assert.equal(red.probes.all('errors').length, 1);
    sessionOf(red, 'device-session').firstMinute.end();
    assert.equal((await red.caught('errors', 'send', 'ErrUnknownFriend'))._msgid, 'b');
  });
});
