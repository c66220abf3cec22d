import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../../../../lib/client/journal/outgoing/outbox';
import { Cancellation } from '../../../../../lib/client/sending/early-end/cancellation';
import { LargeSender } from '../../support/large-sender';
import { refuseCommits } from '../../../../support/refusing-commits';

describe('the cancellation of a message', () => {
  let sender: LargeSender;
  let entry: OutboxEntry;

  beforeEach(async () => {
    sender = await LargeSender.open();
    entry = await sender.addSmall('leak');
  });

  afterEach(() => assert.deepEqual(sender.errors, []));

  async function cancel(): Promise<string[]> {
    const { outbox, earlyEnds, queues, alice, bob } = sender;
    const cancellation = new Cancellation({ store: alice.store, outbox, earlyEnds, queues });
    assert.equal(await cancellation.cancel(bob.pk, entry.messageId), true);
    return sender.outcomes;
  }

  it('ends it, and says no more of one that nobody had', async () => {
    assert.deepEqual(await cancel(), ['leak cancelled 0 3']);
    assert.equal(sender.outbox.messages, 0);
  });

  it('lets nothing leave while the disk writes it', async () => {
    const { alice, outbox } = sender;
    const batch = alice.store.batch.bind(alice.store);
    const seen: unknown[] = [];
    alice.store.batch = () => {
      const writes = batch();
      const commit = writes.commit.bind(writes);
      writes.commit = () => {
        seen.push(outbox.has(entry), outbox.envelope(entry));
        return commit();
      };
      return writes;
    };
    assert.deepEqual(await cancel(), ['leak cancelled 0 3']);
    assert.deepEqual(seen.slice(0, 2), [false, undefined], 'later batches tidy up');
  });

  it('leaves the message as it was when the disk refuses it', async () => {
    const { alice, outbox } = sender;
    const endRefusal = refuseCommits(alice.store);
    await assert.rejects(cancel(), /the disk is gone/);
    endRefusal();
    assert.deepEqual([sender.outcomes, outbox.has(entry)], [[], true]);
    sender.network.nodes = 'a';
    sender.wakeup.message(entry);
    assert.deepEqual(await sender.pass(1), ['a leak head'], 'it goes on');
  });
});
