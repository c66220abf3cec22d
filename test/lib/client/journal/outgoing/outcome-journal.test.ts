import assert from 'node:assert/strict';
import { Contexts } from '../../../../../lib/client/journal/outgoing/contexts';
import { OutcomeJournal } from '../../../../../lib/client/journal/outgoing/outcome-journal';
import type { Outcome } from '../../../../../lib/client/messages';
import { chooseCryptoProvider } from '../../../../../lib/crypto/providers/choose-provider';
import type { WriteBatch } from '../../../../../lib/store/store';
import { refuseCommits } from '../../../../support/refusing-commits';
import { type KeyPeer, pair } from '../../../forward-security/support/key-peer';
import { outboxEntry } from '../../support/entries';

const crypto = chooseCryptoProvider();
const entry = outboxEntry({ messageId: new Uint8Array(32).fill(2) });
const reached = { nodes: 1, wanted: 3 };

/** Each of these is told as every other: after the batch that says it, and once. */
const kinds: [string, (outcomes: OutcomeJournal, writes: WriteBatch) => void][] = [
  ['delivered', (outcomes, writes) => outcomes.finish(writes, entry, { state: 'delivered', ...reached })],
  ['expired', (outcomes, writes) => outcomes.finish(writes, entry, { state: 'expired', ...reached })],
  ['overdue', (outcomes, writes) => outcomes.overdue(writes, entry, reached)],
];

for (const [state, note] of kinds) {
  describe(`that a message is ${state}`, () => {
    let alice: KeyPeer;
    let outcomes: OutcomeJournal;
    let told: Outcome[];
    /** What a listener does while it is told. */
    let onTold: () => void;
    let errors: unknown[];

    beforeEach(async () => {
      ({ alice } = await pair('outcomes'));
      [told, onTold, errors] = [[], () => undefined, []];
      open();
    });

    function open(): void {
      const { store, vault, time } = alice;
      const ages = { now: () => alice.age };
      const contexts = new Contexts({ crypto, store, vault });
      const onOutcome = (outcome: Outcome) => {
        told.push(outcome);
        onTold();
      };
      const onError = (error: unknown) => errors.push(error);
      const hooks = { onOutcome, onError };
      outcomes = new OutcomeJournal({ store, ages, clock: time.clock, contexts, hooks });
    }

    const settle = () => new Promise((resolve) => setImmediate(resolve));
    const states = () => told.map((outcome) => outcome.state);

    /** The process is killed and starts again. */
    async function restart(): Promise<void> {
      await alice.crash();
      open();
      await outcomes.start();
      await settle();
    }

    async function write(): Promise<void> {
      const writes = alice.store.batch();
      note(outcomes, writes);
      await writes.commit();
    }

    it('is told when its batch is durable, and not before', async () => {
      await outcomes.start();
      const writes = alice.store.batch();
      note(outcomes, writes);
      const committed = writes.commit();
      assert.deepEqual(states(), []);
      await committed;
      await settle();
      assert.deepEqual(states(), [state]);
      await restart();
      assert.deepEqual(states(), [state], 'and never again');
    });

    it('is not told when the disk refuses the batch, at the next start neither', async () => {
      await outcomes.start();
      const end = refuseCommits(alice.store);
      await assert.rejects(write(), /the disk is gone/);
      await settle();
      end();
      await restart();
      assert.deepEqual(states(), []);
    });

    it('is told after the next start, once, when the process died before it was', async () => {
      await write();
      assert.deepEqual(states(), []);
      await restart();
      assert.deepEqual(states(), [state]);
      await restart();
      assert.deepEqual(states(), [state]);
    });

    it('is reported, and told again after the next start, when it cannot be told', async () => {
      await outcomes.start();
      const fault = new Error('a record that cannot be read');
      onTold = () => assert.ifError(fault);
      await write();
      await settle();
      assert.equal(errors.length, 1);
      onTold = () => undefined;
      await restart();
      assert.deepEqual(states(), [state, state]);
    });

    it('is not lost when the process dies while it is told', async () => {
      await outcomes.start();
      onTold = () => alice.volume.crash();
      await assert.rejects(write(), { code: 'ErrClosed' });
      await settle();
      onTold = () => undefined;
      await alice.start();
      open();
      await outcomes.start();
      await settle();
      assert.deepEqual(states(), [state, state]);
      await restart();
      assert.equal(told.length, 2);
    });
  });
}

describe('what was not told before a start', () => {
  it('comes in the order in which it happened: overdue, then the end', async () => {
    const { alice } = await pair('outcomes');
    const { store, vault, time } = alice;
    const told: string[] = [];
    const contexts = new Contexts({ crypto, store, vault });
    const [slot] = await vault.allocate(1);
    const outcomes = new OutcomeJournal({
      store,
      ages: { now: () => alice.age },
      clock: time.clock,
      contexts,
      hooks: {
        onOutcome: ({ state, context }) => told.push(`${state} ${String(context)}`),
        onError: assert.ifError,
      },
    });
    const writes = store.batch();
    contexts.add(writes, entry, '"cellar"', slot ?? assert.fail());
    outcomes.overdue(writes, entry, reached);
    outcomes.finish(writes, entry, { state: 'expired', ...reached });
    await writes.commit();
    await outcomes.start();
    assert.deepEqual(told, ['overdue cellar', 'expired cellar']);
  });

  it('does not wait for the disk one after the other, however much it is', async () => {
    const { alice } = await pair('outcomes');
    const { store, vault, time } = alice;
    const told: number[] = [];
    const outcomes = new OutcomeJournal({
      store,
      ages: { now: () => alice.age },
      clock: time.clock,
      contexts: new Contexts({ crypto, store, vault }),
      hooks: { onOutcome: ({ messageId }) => told.push(messageId[0] ?? 0), onError: assert.ifError },
    });
    const writes = store.batch();
    const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
    for (const number of numbers) {
      const each = outboxEntry({ messageId: new Uint8Array(32).fill(number) });
      outcomes.overdue(writes, each, reached);
      outcomes.finish(writes, each, { state: 'expired', ...reached });
    }
    await writes.commit();
    const commits: (() => void)[] = [];
    const batch = store.batch.bind(store);
    store.batch = () => {
      const held = batch();
      const commit = held.commit.bind(held);
      held.commit = (how) => new Promise<void>((resolve) => commits.push(resolve)).then(() => commit(how));
      return held;
    };
    const done: string[] = [];
    void outcomes.start().then(() => done.push('started'));
    for (let round = 0; round < 4; round += 1) {
      for (const goOn of commits.splice(0)) goOn();
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(done, ['started'], 'the disk is waited for a few times at most');
    assert.deepEqual(told, [...numbers, ...numbers]);
  });
});
