import assert from 'node:assert/strict';
import type { OutboxEntry } from '../../../../../lib/client/journal/outgoing/outbox';
import { SealTime } from '../../../../../lib/client/sending/sealing/seal-time';
import { outboxEntry } from '../../support/entries';

const NODE = new Uint8Array(32).fill(7);
const value = { name: new Uint8Array(16) };

describe('the time at which a message takes its key', () => {
  let outbox: OutboxEntry[];
  let is: { here: boolean; sealing: boolean; offered: boolean; left: OutboxEntry[]; setAside: OutboxEntry[] };
  let nodes: Uint8Array[];
  let turn: OutboxEntry | undefined;
  let age: number;
  let sealTime: SealTime;

  beforeEach(() => {
    [outbox, nodes, turn, age] = [[], [NODE], undefined, 0];
    is = { here: false, sealing: false, offered: false, left: [], setAside: [] };
    sealTime = new SealTime({
      ages: { now: () => age },
      outbox: {
        has: (entry) => outbox.includes(entry) && !is.setAside.includes(entry),
        isSealing: () => is.sealing,
        mayHaveLeft: (entry) => is.left.includes(entry),
        valuesLike: (entry) =>
          outbox.filter((each) => each.value !== undefined && each.value.name === entry.value?.name),
      },
      turns: { has: (entry) => entry.large === undefined || entry === turn },
      direct: { isHere: () => is.here },
      plain: { wasOffered: () => is.offered },
      nodes: { candidates: () => nodes },
    });
  });

  /** In the outbox, without a key. */
  function waiting(fields: Partial<OutboxEntry> = {}): OutboxEntry {
    const { sealed: _sealed, ...rest } = outboxEntry({ sequence: outbox.length + 1, keys: [], ...fields });
    outbox.push(rest);
    return rest;
  }

  /** The same with one, of which a node or the friend may have the envelope. */
  function underWay(fields: Partial<OutboxEntry> = {}): OutboxEntry {
    const entry = outboxEntry({ sequence: outbox.length + 1, ...fields });
    outbox.push(entry);
    is.left.push(entry);
    return entry;
  }

  it('is now, unless it has one, is on its way to the disk, or ends', () => {
    const entry = waiting();
    assert.equal(sealTime.isNow(entry), true);
    is.sealing = true;
    assert.equal(sealTime.isNow(entry), false);
    is.sealing = false;
    is.setAside = [entry];
    assert.equal(sealTime.isNow(entry), false);
    assert.equal(sealTime.isNow(underWay()), false);
  });

  it('is when somebody can take it, for one whose place another may take', () => {
    const [ordinary, named, droppable] = [waiting(), waiting({ value }), waiting({ isDroppable: true })];
    const now = () => [ordinary, named, droppable].map((entry) => sealTime.isNow(entry));
    assert.deepEqual(now(), [true, true, true]);
    nodes = [];
    assert.deepEqual(now(), [true, false, false]);
    is.here = true;
    assert.deepEqual(now(), [true, true, true]);
  });

  it('is for the newest of a value alone', () => {
    const [first, second] = [waiting({ value }), waiting({ value })];
    assert.deepEqual([sealTime.isNow(first), sealTime.isNow(second)], [false, true]);
    assert.deepEqual([sealTime.earlier(first), sealTime.earlier(second)], [[], [first]]);
    is.setAside = [second];
    assert.equal(sealTime.isNow(first), true);
  });

  it('is after 600 s when an earlier one is under way, counted from the first that waited', () => {
    underWay({ value });
    age = 1_000;
    const own = waiting({ value, acceptedAt: 900 });
    assert.deepEqual(
      [sealTime.isBehind(own), sealTime.isNow(own), sealTime.behindUntil(own)],
      [true, false, 1_500],
    );
    outbox.pop();
    const inherited = waiting({ value: { ...value, waitsSince: 400 }, acceptedAt: 900 });
    assert.deepEqual([sealTime.isBehind(inherited), sealTime.isNow(inherited)], [false, true]);
    outbox.pop();
    outbox.push(own);
    age = 1_499;
    assert.equal(sealTime.isNow(own), false);
    age = 1_500;
    assert.equal(sealTime.isNow(own), true);
  });

  it('does not wait for one whose key is dead, nor for one that never left', () => {
    const dead = waiting({ value, keys: [1] });
    is.left = [dead];
    const newest = waiting({ value });
    assert.deepEqual([sealTime.isUnderWay(dead), sealTime.isNow(newest)], [false, true]);
    outbox = [outboxEntry({ value }), newest];
    assert.equal(sealTime.isNow(newest), true);
  });

  it('waits for one that an ordinary client was offered', () => {
    waiting({ value });
    const newest = waiting({ value });
    is.offered = true;
    assert.equal(sealTime.isBehind(newest), true);
  });

  it('is in its turn for a large one, or in the turn of the one that it replaces', () => {
    const large = { chunks: 2 };
    const first = underWay({ value, large });
    const second = waiting({ value, large });
    const other = waiting({ large });
    turn = first;
    age = 600;
    assert.deepEqual(
      [second, other].map((entry) => sealTime.isNow(entry)),
      [true, false],
    );
    assert.deepEqual(
      [second, other].map((entry) => sealTime.inheritsTurn(entry)),
      [true, false],
    );
    turn = other;
    assert.deepEqual(
      [second, other].map((entry) => sealTime.isNow(entry)),
      [false, true],
    );
    turn = second;
    assert.deepEqual([sealTime.isNow(second), sealTime.inheritsTurn(second)], [true, false]);
  });
});
