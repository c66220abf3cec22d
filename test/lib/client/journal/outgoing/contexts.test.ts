import assert from 'node:assert/strict';
import { toHex } from '../../../../../lib/bytes';
import { Contexts } from '../../../../../lib/client/journal/outgoing/contexts';
import { OutcomeJournal } from '../../../../../lib/client/journal/outgoing/outcome-journal';
import type { Outcome } from '../../../../../lib/client/messages';
import { chooseCryptoProvider } from '../../../../../lib/crypto/providers/choose-provider';
import { Passphrase } from '../../../../../lib/crypto/pass-encryption';
import type { DataDirectory } from '../../../../../lib/store/directory/data-directory';
import type { WriteBatch } from '../../../../../lib/store/store';
import { openMemoryDirectory } from '../../../../../lib/testing/memory-directory';
import { SeededRandom, SimulatedTime } from '../../../../../lib/testing/simulated-platform';
import { MemoryDirectory } from '../../../../support/memory-directory';
import { outboxEntry } from '../../support/entries';

const crypto = chooseCryptoProvider();
const TOPIC = 'cellar/water/leak-detected';
const JSON_TEXT = JSON.stringify({ topic: TOPIC });
const name = { friend: new Uint8Array(32).fill(1), messageId: new Uint8Array(32).fill(2) };

for (const secret of [undefined, 'correct horse']) {
  describe(`contexts ${secret === undefined ? 'without a passphrase' : 'under a passphrase'}`, () => {
    const random = new SeededRandom('contexts');
    let memory: MemoryDirectory;
    let directory: DataDirectory;
    let contexts: Contexts;
    let outcomes: OutcomeJournal;
    let told: Outcome[];
    let age = 0;

    beforeEach(async () => {
      memory = new MemoryDirectory();
      [told, age] = [[], 0];
      await open();
      const [slot] = await directory.vault.allocate(1);
      assert.ok(slot);
      await write((writes) => contexts.add(writes, name, JSON_TEXT, slot));
    });

    afterEach(() => directory.close());

    async function open(): Promise<void> {
      const { clock, timers } = new SimulatedTime();
      directory = await openMemoryDirectory({
        platform: { clock, timers, random, disk: memory.disk },
        crypto,
        volume: memory.volume,
        ...(secret === undefined ? {} : { passphrase: new Passphrase({ crypto, random }, secret) }),
      });
      const { store, vault } = directory;
      const ages = { now: () => age };
      contexts = new Contexts({ crypto, store, vault });
      const hooks = { onOutcome: (outcome: Outcome) => told.push(outcome), onError: assert.ifError };
      outcomes = new OutcomeJournal({ store, ages, clock, contexts, hooks });
    }

    async function restart(): Promise<void> {
      await directory.close();
      await open();
      await directory.vault.retainOnly(contexts.refs());
    }

    async function write(change: (writes: WriteBatch) => void): Promise<void> {
      const writes = directory.store.batch();
      change(writes);
      await writes.commit();
    }

    const finish = (state: 'delivered' | 'unconfirmed') =>
      write((writes) => outcomes.finish(writes, outboxEntry(name), { state, nodes: 1, wanted: 3 }));
    const seen = () => told.map(({ state, context }) => [state, context]);
    const settle = () => new Promise((resolve) => setImmediate(resolve));

    it('stand nowhere in the clear, and are read again after a start', async () => {
      assert.equal(await memory.holds(TOPIC), false);
      await restart();
      assert.deepEqual(contexts.of(name), { context: { topic: TOPIC } });
      assert.equal(await memory.holds(TOPIC), false);
    });

    it('of an ending that nobody heard come with it after the next start, and then erased', async () => {
      await finish('delivered');
      await restart();
      assert.equal(await memory.holds(TOPIC), false);
      const [ref] = [...contexts.refs()];
      assert.ok(ref);
      await outcomes.start();
      await settle();
      assert.deepEqual(seen(), [['delivered', { topic: TOPIC }]]);
      assert.deepEqual([contexts.of(name), [...contexts.refs()]], [{}, []]);
      await directory.vault.settled();
      assert.equal(directory.vault.read(ref), undefined, 'its secret is overwritten');
    });

    it('are erased when the journal has stopped, however soon that is', async () => {
      await outcomes.start();
      const [ref] = [...contexts.refs()];
      assert.ok(ref);
      const { store } = directory;
      const batch = store.batch.bind(store);
      store.batch = () => {
        const writes = batch();
        const commit = writes.commit.bind(writes);
        writes.commit = (how) => (how?.canWait ? settle().then(() => commit(how)) : commit(how));
        return writes;
      };
      await finish('delivered');
      await outcomes.stop();
      await directory.vault.settled();
      assert.equal(directory.vault.read(ref), undefined);
      assert.deepEqual([...contexts.refs()], []);
    });

    it('of an unconfirmed message come once more with a late receipt, and then erased', async () => {
      await outcomes.start();
      await finish('unconfirmed');
      await settle();
      await restart();
      await outcomes.start();
      await write((writes) => outcomes.confirmLate(writes, name.friend, name.messageId));
      await settle();
      assert.deepEqual(seen(), [
        ['unconfirmed', { topic: TOPIC }],
        ['delivered', { topic: TOPIC }],
      ]);
      assert.deepEqual([contexts.of(name), [...contexts.refs()]], [{}, []]);
    });

    it('of an unconfirmed message are erased when the ending is forgotten', async () => {
      await outcomes.start();
      await finish('unconfirmed');
      await settle();
      age = 60 + 30 * 24 * 3600;
      await write((writes) => outcomes.expire(writes));
      assert.equal([...contexts.refs()].length, 1);
      age += 1;
      await write((writes) => outcomes.expire(writes));
      assert.deepEqual([contexts.of(name), [...contexts.refs()]], [{}, []]);
    });

    it('are left out of an ending when their secret is lost', async () => {
      await directory.close();
      await open();
      await directory.vault.retainOnly([]);
      await outcomes.start();
      await finish('delivered');
      await settle();
      assert.deepEqual(seen(), [['delivered', undefined]]);
      assert.equal(toHex(told[0]?.messageId ?? new Uint8Array()), toHex(name.messageId));
    });
  });
}
