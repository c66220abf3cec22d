import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import { ServiceMail } from '../../../../lib/client/journal/service-mail';
import { refuseCommits } from '../../../support/refusing-commits';
import { later } from '../support/depositor';
import { ResealerBench } from './support/resealer-bench';

describe('the resealer', () => {
  let bench: ResealerBench;

  beforeEach(async () => {
    bench = await ResealerBench.open();
  });

  async function addMail(preKeyId: number, friend = bench.bob.pk): Promise<void> {
    const writes = bench.alice.store.batch();
    const content = { kind: 'receipts' } as const;
    const sealed = { preKeyId, storageId: new Uint8Array(16) };
    const messageId = new Uint8Array(32).fill(preKeyId);
    bench.mail.add(writes, {
      friend,
      messageId,
      content,
      envelope: new Uint8Array(287),
      sealed,
      lifetime: 60,
    });
    await writes.commit();
  }

  const keyOf = ({ sealed }: OutboxEntry) => sealed?.preKeyId;
  const stock = () => bench.alice.fsm.held.held(bench.bob.pk);

  it('lets everything be while all keys are alive', async () => {
    const entry = await bench.add('leak');
    const key = keyOf(entry);
    const before = stock();
    assert.equal(await bench.applyWithout(), false);
    assert.deepEqual([keyOf(entry), stock(), bench.heard()], [key, before, ['wakeup']]);
  });

  it('drops keys that the friend does not list, and says so', async () => {
    const next = bench.alice.fsm.held.next(bench.bob.pk);
    assert.ok(next);
    const before = stock();
    assert.equal(await bench.applyWithout(next.batch * 256 + next.index), true);
    assert.deepEqual([stock(), bench.heard()], [before - 1, ['wakeup']]);
  });

  it('gives a message on a dead key another, and leaves the others theirs', async () => {
    const [one, two] = [await bench.add('one'), await bench.add('two')];
    const keys = [keyOf(one), keyOf(two)];
    const copy = { node: new Uint8Array(32), at: 5, kept: 100 };
    const writes = bench.alice.store.batch();
    bench.outbox.recordCopies(writes, one, [copy], 1);
    await writes.commit();
    assert.equal(await bench.applyWithout(keyOf(one)), false, 'it was not in the stock any more');
    assert.deepEqual(bench.heard(), ['dead keys', 'renew 1', 'wakeup']);
    assert.ok(keyOf(one) !== keys[0] && keyOf(one) !== undefined);
    assert.deepEqual([one.copies, keyOf(two)], [[], keys[1]]);
  });

  it('does not touch a message whose answer is awaited', async () => {
    const entry = await bench.add('leak');
    bench.underWay = [entry];
    const key = keyOf(entry);
    await bench.applyWithout(key);
    assert.deepEqual([keyOf(entry), bench.heard()], [key, ['wakeup']]);
  });

  it('gives one message three keys in a meeting; then it waits for the next, off its dead envelope', async () => {
    const entry = await bench.add('leak');
    const other = await bench.add('other');
    const keys = new Set([keyOf(entry)]);
    for (let i = 0; i < 3; i += 1) {
      await bench.applyWithout(...keys);
      keys.add(keyOf(entry));
    }
    assert.equal(keys.size, 1 + 3);
    for (let i = 0; i < 2; i += 1) {
      await bench.applyWithout(...keys);
      await bench.resealer.sealWaiting(bench.bob.pk);
      assert.equal(keyOf(entry), undefined);
    }
    await bench.applyWithout(keyOf(other));
    assert.equal(bench.heard().at(-2), `renew ${other.sequence}`, 'another message has its own three');
    bench.resealer.beginMeeting(bench.bob.pk);
    await bench.applyWithout(...keys);
    keys.add(keyOf(entry));
    assert.equal(keys.size, 1 + 4);
  });

  it('drops mail on a dead key with the keys, and no other mail', async () => {
    const cat = new Uint8Array(32).fill(3);
    for (const preKeyId of [0x101, 0x102, 0x203]) await addMail(preKeyId);
    await addMail(0x101, cat);
    const left = (of: ServiceMail) => of.entries().map(({ friend, sealed }) => [friend[0], sealed.preKeyId]);
    await bench.applyWithout(0x101, 0x203);
    const expected = [
      [bench.bob.pk[0], 0x102],
      [3, 0x101],
    ];
    assert.deepEqual([left(bench.mail), left(bench.openMail())], [expected, expected]);
    assert.deepEqual(bench.heard(), ['wakeup'], 'of which nobody hears');
  });

  it('takes messages off dead keys in the batch that drops the keys, and mail too', async () => {
    const entry = await bench.add('leak');
    const key = keyOf(entry);
    await addMail(0x101);
    const before = bench.mail.entries();
    const end = refuseCommits(bench.alice.store);
    await assert.rejects(bench.applyWithout(key, 0x101), /the disk is gone/);
    end();
    assert.deepEqual([keyOf(entry), bench.mail.entries(), bench.heard()], [key, before, []]);
  });

  it('counts no key against a message while the disk refuses that it is taken off one', async () => {
    const entry = await bench.add('leak');
    const first = keyOf(entry);
    const end = refuseCommits(bench.alice.store);
    for (let i = 0; i < 10; i += 1) await assert.rejects(bench.applyWithout(first), /the disk is gone/);
    end();
    await bench.applyWithout(first);
    assert.notEqual(keyOf(entry), undefined);
    assert.notEqual(keyOf(entry), first);
  });

  it('judges with the others what is still on its way to the disk', async () => {
    const slow = later<void>();
    bench.settled = slow.promise;
    const entry = await bench.add('leak');
    const key = keyOf(entry);
    const applying = bench.applyWithout(key);
    await bench.alice.time.advance(1);
    assert.deepEqual([keyOf(entry), bench.heard()], [key, []]);
    slow.resolve();
    await applying;
    assert.notEqual(keyOf(entry), key);
  });
});
