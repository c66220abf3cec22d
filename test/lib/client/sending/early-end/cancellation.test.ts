import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../../../../lib/client/journal/outgoing/outbox';
import { Cancellation } from '../../../../../lib/client/sending/early-end/cancellation';
import { LargeSender } from '../../support/large-sender';

describe('the cancellation of a message', () => {
  let sender: LargeSender;
  let entry: OutboxEntry;
  let woken: OutboxEntry[];
  let knowsKeys: boolean;
  let wasOffered: boolean;

  beforeEach(async () => {
    [woken, knowsKeys, wasOffered] = [[], true, false];
    sender = await LargeSender.open();
    entry = await sender.addSmall('leak');
  });

  /** Its ending says whether it may arrive. */
  async function cancel(): Promise<boolean | undefined> {
    const { outbox, completion, queues, alice, bob } = sender;
    let said: boolean | undefined;
    const cancellation = new Cancellation({
      store: alice.store,
      outbox,
      completion: {
        cancelled: (writes, each, mayArrive) => {
          said = mayArrive;
          completion.cancelled(writes, each, mayArrive);
        },
      },
      plain: { wasOffered: () => wasOffered },
      forwardSecurity: { held: { knows: () => knowsKeys } },
      queues,
      wakeup: { message: (each) => woken.push(each) },
    });
    assert.equal(await cancellation.cancel(bob.pk, entry.messageId), true);
    return said;
  }

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
    assert.equal(await cancel(), false);
    assert.deepEqual(seen.slice(0, 2), [false, undefined], 'the later batch notes that it was told');
  });

  it('leaves the message as it was when the disk refuses it, and has it looked at', async () => {
    const { alice, outbox } = sender;
    const batch = alice.store.batch.bind(alice.store);
    alice.store.batch = () => {
      const writes = batch();
      writes.commit = () => Promise.reject(new Error('the disk is gone'));
      return writes;
    };
    await assert.rejects(cancel(), /the disk is gone/);
    assert.deepEqual([woken, outbox.has(entry)], [[entry], true]);
    assert.ok(outbox.envelope(entry));
  });

  it('says that it may arrive once its envelope was asked for', async () => {
    assert.ok(sender.outbox.envelope(entry));
    assert.equal(await cancel(), true);
  });

  it('says so of what an ordinary client was offered', async () => {
    wasOffered = true;
    assert.equal(await cancel(), true);
  });

  it('says so after a start, of what had an envelope', async () => {
    await sender.restart();
    assert.equal(await cancel(), true);
  });

  it('says so after a start, of what had none, when its friend may have an ordinary client', async () => {
    const { alice, bob, outbox } = sender;
    const writes = alice.store.batch();
    alice.fsm.held.forget(writes, bob.pk);
    await writes.commit();
    const waits = [await sender.addSmall('one'), await sender.addSmall('two')];
    assert.ok(waits.every((each) => each.sealed === undefined && !outbox.mayHaveLeft(each)));
    await sender.restart();
    const said: unknown[] = [];
    for (const each of waits) {
      entry = each;
      said.push(await cancel());
      knowsKeys = false;
    }
    assert.deepEqual(said, [false, true]);
  });
});
