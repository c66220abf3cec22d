import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../../lib/errors';
import { KeyPeer, pair } from '../../../forward-security/support/key-peer';
import { LargeMail } from '../../support/large-mail';
import { ReceivingPeer } from '../../support/receiving-peer';

/** The power fails at the commit with this number, from 1: before it is durable, or right after. */
function failAt({ keys }: ReceivingPeer, number: number, isDurable: boolean): void {
  let commits = 0;
  const { store, volume } = keys;
  const batch = store.batch.bind(store);
  store.batch = () => {
    const writes = batch();
    const commit = writes.commit.bind(writes);
    writes.commit = async () => {
      if (writes.size > 0 && (commits += 1) === number) {
        if (isDurable) await commit();
        volume.crash();
        throw new ToxAsyncError('ErrClosed', 'The power failed.');
      }
      return commit();
    };
    return writes;
  };
}

for (const isDurable of [false, true]) {
  describe(`a power cut ${isDurable ? 'after' : 'before'} any step of a large message is durable`, () => {
    let alice: KeyPeer;
    let bob: ReceivingPeer;
    let mail: LargeMail;
    let envelopes: Uint8Array[];

    beforeEach(async () => {
      const peers = await pair('large crashes');
      alice = peers.alice;
      bob = new ReceivingPeer(peers.bob);
      await peers.bob.giveKeys(alice);
      mail = new LargeMail(alice, bob.keys);
      envelopes = [await mail.seal(), ...mail.chunks];
    });

    /** As a sender does that hears no answer: each again until it is heard. @returns how often the power failed */
    async function deliver(): Promise<number> {
      let cuts = 0;
      for (const envelope of envelopes) {
        for (let answered = false; !answered;) {
          try {
            const { code } = await bob.receive(envelope, { via: 'direct', peer: alice.pk });
            assert.match(code, /^(ok|known)$/);
            answered = true;
          } catch (error) {
            assert.ok(ToxAsyncError.is(error, 'ErrClosed'), String(error));
            cuts += 1;
            bob.keys.disk.crash();
            await bob.keys.start();
            bob = new ReceivingPeer(bob.keys);
          }
        }
      }
      return cuts;
    }

    it('loses nothing and hands nothing over twice', async () => {
      let number = 1;
      for (; ; number += 1) {
        failAt(bob, number, isDurable);
        const cuts = await deliver();
        assert.deepEqual(
          bob.inbox.entries().map((entry) => bob.inbox.read(entry)?.data),
          Array.from({ length: number }, () => mail.data),
        );
        assert.deepEqual(bob.assemblies.entries(), []);
        if (cuts === 0) break;
        assert.equal(cuts, 1);
        mail = new LargeMail(alice, bob.keys, { number: number + 1 });
        envelopes = [await mail.seal(), ...mail.chunks];
      }
      // The head, three chunks, and what the vault has to note of the slots that are erased.
      assert.ok(number > 4, `${number} steps`);
    });
  });
}
