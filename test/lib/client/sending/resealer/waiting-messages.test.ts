import assert from 'node:assert/strict';
import { refuseCommits } from '../../../../support/refusing-commits';
import { ResealerBench } from '../support/resealer-bench';

describe('the resealer', () => {
  let bench: ResealerBench;

  beforeEach(async () => {
    bench = await ResealerBench.open();
  });

  describe('of what waits for keys', () => {
    beforeEach(async () => {
      const writes = bench.alice.store.batch();
      bench.alice.fsm.held.retain(writes, bench.bob.pk, () => false);
      await writes.commit();
      for (const text of ['one', 'two', 'three']) await bench.add(text);
    });

    async function give(count: number): Promise<void> {
      const writes = bench.bob.store.batch();
      const { exchange } = await bench.bob.fsm.issued.issue(writes, bench.alice.pk, count);
      await writes.commit();
      await bench.alice.fsm.processPreKeyExchange(exchange);
    }

    const unsealed = () =>
      bench.outbox.entries().flatMap(({ sequence, sealed }) => (sealed === undefined ? [sequence] : []));

    it('seals as much as there are keys for, in the order of acceptance', async () => {
      await bench.resealer.sealWaiting(bench.bob.pk);
      assert.deepEqual([unsealed(), bench.heard()], [[1, 2, 3], ['wakeup']]);
      // Four are kept for mail.
      await give(4 + 2);
      await bench.resealer.sealWaiting(bench.bob.pk);
      assert.deepEqual([unsealed(), bench.heard()], [[3], ['renew 1', 'renew 2', 'wakeup']]);
    });

    it('seals urgent ones before the others', async () => {
      await bench.add('four', { isUrgent: true });
      await give(4 + 2);
      await bench.resealer.sealWaiting(bench.bob.pk);
      assert.deepEqual(
        [unsealed(), bench.heard()],
        [
          [2, 3],
          ['renew 4', 'renew 1', 'wakeup'],
        ],
      );
    });

    it('knows that a message still waits for a key when the disk refuses its envelope', async () => {
      await give(4 + 3);
      const end = refuseCommits(bench.alice.store);
      await assert.rejects(bench.resealer.sealWaiting(bench.bob.pk), /the disk is gone/);
      end();
      assert.deepEqual([unsealed(), bench.outbox.waitsForKey(bench.bob.pk)], [[1, 2, 3], true]);
      await give(4 + 3);
      await bench.resealer.sealWaiting(bench.bob.pk);
      assert.deepEqual([unsealed(), bench.outbox.waitsForKey(bench.bob.pk)], [[], false]);
    });

    it('fails a message whose text is lost, and goes on with the next', async () => {
      const [first] = bench.outbox.entries();
      assert.ok(first);
      const writes = bench.alice.store.batch();
      bench.alice.vault.erase(writes, [first.ref]);
      await writes.commit();
      await bench.alice.vault.settled();
      await give(10);
      await bench.resealer.sealWaiting(bench.bob.pk);
      assert.deepEqual(bench.heard(), ['failed 1 lost', 'renew 2', 'renew 3', 'wakeup']);
      assert.deepEqual(unsealed(), []);
    });

    it('can seal what is due while there is a key', async () => {
      const [first, second] = bench.outbox.entries();
      assert.ok(first && second);
      bench.waiting = [first];
      assert.deepEqual([bench.resealer.canSeal(first), bench.resealer.canSeal(second)], [false, false]);
      await give(4 + 1);
      assert.deepEqual([bench.resealer.canSeal(first), bench.resealer.canSeal(second)], [false, true]);
      await bench.resealer.sealWaiting(bench.bob.pk);
      assert.deepEqual([unsealed(), bench.resealer.canSeal(second)], [[1, 3], false]);
    });

    it('says that keys were spent, once, when some were', async () => {
      const told: unknown[] = [];
      bench.resealer.listen((peer) => told.push(peer));
      await bench.resealer.sealWaiting(bench.bob.pk);
      assert.deepEqual([told, bench.spent], [[], 0]);
      await give(4 + 2);
      await bench.resealer.sealWaiting(bench.bob.pk);
      assert.deepEqual([told, bench.spent], [[bench.bob.pk], 1]);
    });

    describe('and replaces another', () => {
      beforeEach(() => {
        const [first, , third] = bench.outbox.entries();
        assert.ok(first && third);
        bench.waiting = [first];
        bench.earlier.set(third, [first]);
      });

      it('ends that one in the batch that gives it a key', async () => {
        await give(4 + 2);
        const end = refuseCommits(bench.alice.store);
        await assert.rejects(bench.resealer.sealWaiting(bench.bob.pk), /the disk is gone/);
        end();
        assert.deepEqual([unsealed(), bench.heard()], [[1, 2, 3], ['goes on 1 replaced']]);
        await give(4 + 2);
        await bench.resealer.sealWaiting(bench.bob.pk);
        assert.deepEqual(
          [unsealed(), bench.heard()],
          [[], ['renew 2', 'ended 1 replaced', 'renew 3', 'wakeup']],
        );
      });

      it('leaves that one alone when no key is left for it', async () => {
        await give(4 + 1);
        await bench.resealer.sealWaiting(bench.bob.pk);
        assert.deepEqual(
          [unsealed(), bench.heard()],
          [
            [1, 3],
            ['goes on 1 replaced', 'renew 2', 'wakeup'],
          ],
        );
      });
    });
  });
});
