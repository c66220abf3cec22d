import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../lib/errors';
import { Lineage, Lives } from './support/lives';
import { type Letter, TownLedger } from './support/town/town-ledger';

const ALICE = { name: 'Alice', copy: 'Alice' };
const BOB = { name: 'Bob', copy: 'Bob' };
const ID = 'aa'.repeat(32);
const WRITTEN = { from: 0, to: 1, bytes: 50, lifetimeMs: 86_400_000, options: { overdueAfter: 3600 } };

describe('the ledger of a town', () => {
  let lives: Lives;
  let ledger: TownLedger;
  let letter: Letter;
  let text: string;

  /** Bob takes the message of Alice (0) to him (1). */
  const take = (changes: Partial<Parameters<TownLedger['handOver']>[2]> = {}) =>
    ledger.handOver(BOB, 1, { text, id: ID, sender: 0, redelivered: false, at: 5, ...changes });
  const end = (state: string, { mayArrive = false, isDurable = true, at = 5 } = {}) =>
    ledger.outcome(ALICE, { id: ID, state, mayArrive, at }, () => isDurable);
  const faults = () => ledger.violations.map(({ fault }) => fault);

  beforeEach(() => {
    lives = new Lives();
    ledger = new TownLedger(lives);
    ({ letter, text } = ledger.ask(WRITTEN));
    ledger.accept(letter, ALICE, { id: ID, at: 1 });
  });

  it('finds no fault in a message that is handed over once and ends once', () => {
    take();
    end('stored');
    end('delivered');
    assert.deepEqual(faults(), []);
    assert.deepEqual(
      letter.endings.map(({ state }) => state),
      ['delivered'],
    );
  });

  it('takes a second hand-over for a double, also one that is marked but no crash explains', () => {
    take();
    take();
    take({ redelivered: true });
    assert.deepEqual(faults(), ['doubled', 'doubled', 'doubled']);
  });

  it('lets a marked one pass after a crash, and any after a restore that forgot the first', () => {
    take();
    lives.crashed(BOB);
    lives.begin(BOB);
    take({ redelivered: true });
    lives.begin(BOB, new Lineage());
    take();
    assert.deepEqual(faults(), []);
  });

  it('sees another sender, another recipient and another text', () => {
    take({ sender: 2 });
    take({ sender: undefined });
    ledger.handOver({ name: 'Carol', copy: 'Carol' }, 2, {
      text,
      id: ID,
      sender: 0,
      redelivered: false,
      at: 5,
    });
    take({ text: `${text}.` });
    assert.deepEqual(
      faults().filter((fault) => fault === 'wrong sender'),
      ['wrong sender', 'wrong sender', 'wrong sender', 'wrong sender'],
    );
  });

  it('sees one id for two messages, and two for one', () => {
    take({ id: 'bb'.repeat(32) });
    const other = ledger.ask(WRITTEN);
    ledger.accept(other.letter, ALICE, { id: 'bb'.repeat(32), at: 2 });
    assert.deepEqual(faults(), ['other', 'other']);
  });

  it('lets unconfirmed become delivered, and no other ending another', () => {
    end('unconfirmed');
    end('delivered');
    assert.deepEqual(faults(), []);
    end('expired');
    assert.deepEqual(faults(), ['wrong ending', 'wrong ending'], 'after either of the two');
  });

  it('lets an ending be told again by another run, not by the same one', () => {
    end('expired');
    lives.crashed(ALICE);
    lives.begin(ALICE);
    end('expired');
    assert.deepEqual(faults(), []);
    end('expired');
    assert.deepEqual(faults(), ['wrong ending']);
  });

  it('sees a message called delivered that is nowhere, and any that fails', () => {
    end('delivered', { isDurable: false });
    assert.deepEqual(faults(), ['wrong ending']);
    end('failed');
    assert.ok(faults().length > 1);
  });

  it('sees a cancelled one that came although nothing of it had left', () => {
    end('cancelled');
    take();
    assert.deepEqual(faults(), ['wrong ending']);
  });

  it('lets one that may arrive do so', () => {
    end('cancelled', { mayArrive: true });
    take();
    assert.deepEqual(faults(), []);
  });

  it('lets a message be overdue once, in its time and before its end', () => {
    end('overdue', { at: 3_600_001 });
    assert.deepEqual(faults(), []);
    end('overdue', { at: 3_700_000 });
    assert.deepEqual(faults(), ['wrong ending'], 'twice');
  });

  it('lets one be overdue at the end of its life', () => {
    const brief = ledger.ask({ ...WRITTEN, lifetimeMs: 1000 });
    ledger.accept(brief.letter, ALICE, { id: 'cc'.repeat(32), at: 1 });
    const outcome = { id: 'cc'.repeat(32), state: 'overdue', mayArrive: false, at: 1001 };
    ledger.outcome(ALICE, outcome, () => false);
    assert.deepEqual(faults(), []);
  });

  it('sees one that is called overdue too early, or after it was delivered', () => {
    end('overdue', { at: 60_000 });
    assert.deepEqual(faults(), ['wrong ending']);
    lives.crashed(ALICE);
    take();
    end('delivered');
    end('overdue', { at: 3_600_001 });
    assert.deepEqual(faults(), ['wrong ending', 'wrong ending']);
  });

  it('takes a full outbox for an answer, and any other refusal for a fault', () => {
    ledger.refuse(letter, new ToxAsyncError('ErrOutboxFull', 'full'));
    assert.deepEqual(faults(), []);
    ledger.refuse(letter, new ToxAsyncError('ErrNoPreKeys', 'none'));
    assert.deepEqual(faults(), ['other']);
  });
});
