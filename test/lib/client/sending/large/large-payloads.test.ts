import assert from 'node:assert/strict';
import { LargePayloads } from '../../../../../lib/client/sending/large/large-payloads';
import { createPortableProvider } from '../../../../../lib/crypto/providers/portable';
import { chunksOf, joinedLarge } from '../../../../../lib/protocol/envelope/large/split-large';
import { SimulatedTime } from '../../../../../lib/testing/simulated-platform';
import { outboxEntry } from '../../support/entries';

const crypto = createPortableProvider();
const CONTENT = { inner: 2, label: '', isDeflated: false, bytes: new Uint8Array(20_000).fill(7) } as const;
const entryOf = (sequence: number) =>
  outboxEntry({ sequence, type: 4, large: { chunks: chunksOf(CONTENT), turnAt: 0 } });

describe('bytes of large messages in memory', () => {
  let time: SimulatedTime;
  /** What was read, in order: each is wiped or still in use. */
  let read: Uint8Array[];
  let isLost: boolean;
  let lost: number[];
  let payloads: LargePayloads;

  beforeEach(() => {
    time = new SimulatedTime();
    [read, isLost, lost] = [[], false, []];
    const plaintext = () => {
      const data = joinedLarge(CONTENT);
      read.push(data);
      return data;
    };
    payloads = new LargePayloads(
      {
        crypto,
        timers: time.timers,
        vault: { read: () => (isLost ? undefined : new Uint8Array(32).fill(1)) },
        outbox: { plaintext },
      },
      { onLost: ({ sequence }) => lost.push(sequence) },
    );
  });

  const wiped = () => read.map((data) => data.every((byte) => byte === 0));

  it('are read once for many chunks, and each chunk is the same each time', () => {
    const chunks = [0, 1, 2, 3, 0].map((index) => payloads.chunk(entryOf(1), index));
    assert.equal(read.length, 1);
    assert.deepEqual(chunks[0]?.envelope, chunks[4]?.envelope);
    assert.equal(payloads.chunk(entryOf(1), 4), undefined);
  });

  it('are those of four messages at most: the one used longest ago is wiped', () => {
    for (const sequence of [1, 2, 3, 4, 1, 5]) payloads.chunk(entryOf(sequence), 0);
    assert.deepEqual(wiped(), [false, true, false, false, false]);
  });

  it('are wiped when nothing used them for a while, and leave no timer', async () => {
    payloads.chunk(entryOf(1), 0);
    await time.advance(9_000);
    payloads.chunk(entryOf(1), 1);
    await time.advance(10_000);
    assert.deepEqual(wiped(), [false]);
    await time.advance(10_000);
    assert.deepEqual([wiped(), time.pendingTimers], [[true], 0]);
    assert.ok(payloads.chunk(entryOf(1), 0));
    payloads.close();
    assert.deepEqual([wiped(), time.pendingTimers], [[true, true], 0]);
  });

  it('that the vault lost are reported', () => {
    isLost = true;
    assert.equal(payloads.chunk(entryOf(3), 0), undefined);
    assert.deepEqual(lost, [3]);
  });
});
