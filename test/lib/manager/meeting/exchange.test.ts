import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { decodeExchange } from '../../../../lib/protocol/keys/exchange';
import { KeyPeer } from '../../forward-security/support/key-peer';
import { waitFor } from '../../../support/world';
import { ScriptedFriend } from '../support/scripted-friend';

const DAY = 24 * 60 * 60 * 1000;

describe('a meeting', () => {
  let friend: ScriptedFriend;

  beforeEach(async () => {
    friend = await ScriptedFriend.open('meeting');
  });

  afterEach(() => friend.stop());

  it('sends the same unacknowledged exchange at each meeting, for 14 days, and then another', async () => {
    const exchanges: Uint8Array[] = [];
    for (const days of [0, 1, 6, 6, 2]) {
      friend.leave();
      // A machine that is off for up to a week counts the time.
      await friend.stop();
      await friend.time.advance(days * DAY);
      await friend.start();
      await friend.meet();
      friend.sayState();
      exchanges.push((await friend.hearOne('exchange')).exchange);
    }
    const [first, ...later] = exchanges.map(toHex);
    assert.deepEqual(
      later.map((each) => each === first),
      [true, true, true, false],
    );
  });

  it('offers nothing more once the batch is acknowledged with its own digest', async () => {
    await friend.meet();
    friend.sayState();
    const { exchange } = await friend.hearOne('exchange');
    const { batch } = decodeExchange(exchange);
    friend.peer.say({ kind: 'exchange-ack', batch, digest: new Uint8Array(16) });
    await friend.meet();
    friend.peer.prove();
    assert.ok((await friend.kinds()).includes('exchange'), 'a wrong digest acknowledges nothing');
    await friend.take({ kind: 'exchange', exchange });
    await friend.meet();
    friend.sayState();
    assert.ok(!(await friend.kinds()).includes('exchange'));
  });

  it('draws another number at once when a batch number is in use', async () => {
    await friend.meet();
    friend.sayState();
    const first = decodeExchange((await friend.hearOne('exchange')).exchange);
    friend.peer.say({ kind: 'exchange-refused', batch: first.batch, code: 'batch-in-use' });
    const second = decodeExchange((await friend.hearOne('exchange')).exchange);
    assert.notEqual(second.batch, first.batch);
    assert.equal(friend.stats().issued, 104, 'the refused keys are erased');
  });

  it('offers no further batch in a meeting in which one was refused for another reason', async () => {
    await friend.meet();
    friend.sayState();
    const { batch } = decodeExchange((await friend.hearOne('exchange')).exchange);
    friend.peer.say({ kind: 'exchange-refused', batch, code: 'no-room' });
    friend.sayState();
    assert.ok(!(await friend.kinds(5_000)).includes('exchange'));
    assert.equal(friend.stats().issued, 0);
    await friend.meet();
    friend.sayState();
    assert.ok((await friend.kinds()).includes('exchange'));
  });

  it('offers another batch each hour to a friend who has no room, while the session lasts', async () => {
    const HOUR = 3_600_000;
    await friend.meet();
    friend.sayState();
    const refuse = async () => {
      const { batch } = decodeExchange((await friend.hearOne('exchange')).exchange);
      friend.peer.say({ kind: 'exchange-refused', batch, code: 'no-room' });
      await friend.hear();
      return batch;
    };
    const first = await refuse();
    assert.ok(!(await friend.kinds(HOUR - 1_000)).includes('exchange'));
    await friend.time.advance(2_000);
    assert.notEqual(await refuse(), first);
    friend.leave();
    assert.ok(!(await friend.kinds(HOUR + 1_000)).includes('exchange'));
  });

  it('offers no further batch for hours after one was refused as malformed', async () => {
    await friend.meet();
    friend.sayState();
    const { batch } = decodeExchange((await friend.hearOne('exchange')).exchange);
    friend.peer.say({ kind: 'exchange-refused', batch, code: 'malformed' });
    assert.ok(!(await friend.kinds(2 * 3_600_000)).includes('exchange'));
  });

  it('takes keys only from the friend whose session it is', async () => {
    const eve = await KeyPeer.open('eve');
    const foreign = await eve.fsm.exchangePreKeys(friend.manager.publicKey);
    assert.ok(foreign);
    await friend.meet();
    await friend.hear();
    friend.peer.say({ kind: 'exchange', exchange: foreign });
    assert.equal((await friend.hearOne('exchange-refused')).code, 'not-yours');
    assert.deepEqual(friend.events, ['keys-refused']);
    const own = await friend.keys.fsm.exchangePreKeys(friend.manager.publicKey);
    assert.ok(own);
    friend.leave();
    await assert.rejects(friend.manager.processPreKeyExchange(own), { code: 'ErrNoSession' });
  });

  it('takes keys that came by other means only once the friend has proven itself', async () => {
    const exchange = await friend.keys.fsm.exchangePreKeys(friend.manager.publicKey);
    assert.ok(exchange);
    await friend.meet();
    // A thief of our own identity could have made the exchange, and a hello in the friend's name as well.
    await assert.rejects(friend.manager.processPreKeyExchange(exchange), { code: 'ErrNoSession' });
    friend.sayState();
    await friend.hear();
    await waitFor(friend.time, friend.manager.processPreKeyExchange(exchange));
    assert.equal(friend.stats().held, 104);
  });
});
