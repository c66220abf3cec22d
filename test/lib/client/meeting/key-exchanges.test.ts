import assert from 'node:assert/strict';
import { KeyExchanges } from '../../../../lib/client/meeting/key-exchanges';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { pair } from '../../forward-security/support/key-peer';

const SECOND = 1_000;

describe('keys for a connected friend whose queue is full', () => {
  it('go out once there is room in it, in the same meeting, and then once', async () => {
    const { alice, bob } = await pair('full queue');
    const time = new SimulatedTime();
    const sent: string[] = [];
    let hasRoom = false;
    const exchanges = new KeyExchanges(
      {
        crypto: chooseCryptoProvider(),
        clock: time.clock,
        timers: time.timers,
        store: alice.store,
        network: {
          isProven: () => true,
          send: (_, { kind }) => {
            if (hasRoom) sent.push(kind);
            return hasRoom;
          },
        },
        forwardSecurity: alice.fsm,
        queues: new KeyedQueue(),
        resealer: { sealWaiting: () => Promise.resolve() },
        hooks: {
          onKeysExchanged: () => undefined,
          onKeysRefused: () => undefined,
          onError: (error) => assert.ifError(error),
        },
      },
      { onKnown: () => undefined, onAdded: () => undefined },
    );
    exchanges.beginMeeting(bob.pk);
    assert.equal(await exchanges.offer(bob.pk), 'offline');
    await time.advance(11 * SECOND);
    assert.deepEqual(sent, []);
    hasRoom = true;
    await time.advance(60 * SECOND);
    assert.deepEqual(sent, ['exchange']);
    assert.equal(await exchanges.offer(bob.pk), 'sent');
    assert.deepEqual(sent, ['exchange'], 'nothing is lost within a session');
    exchanges.stop();
  });
});
