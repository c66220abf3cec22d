import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concat } from '../../../../lib/bytes';
import {
  FrameAssembler,
  FRAME_DATA_BYTES,
  MAX_FRAMED_BYTES,
  splitIntoFrames,
} from '../../../../lib/protocol/session/frames';
import { filled, patch, throwsCode } from '../support/fixtures';

/** A message of `length` bytes, each byte telling its place. */
function message(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31) % 251);
}

/** What the assembler gives for each packet. */
function feed(assembler: FrameAssembler, packets: readonly Uint8Array[], nowMs = 0) {
  return packets.map((packet) => assembler.accept(packet, nowMs));
}

const [first, second, third] = splitIntoFrames(message(3546), 7) as [Uint8Array, Uint8Array, Uint8Array];

describe('splitting a message into frames', () => {
  it('writes id, version, number, index, count and data', () => {
    assert.deepEqual(splitIntoFrames(filled(3, 9), 0x0102), [new Uint8Array([0xb1, 1, 1, 2, 0, 1, 9, 9, 9])]);
  });

  it('fills all frames but the last, and none is larger than a Tox packet', () => {
    assert.deepEqual([first.length, second.length, third.length], [1373, 1373, 818]);
    assert.deepEqual([...second.subarray(0, 6)], [0xb1, 1, 0, 7, 1, 3]);
    assert.equal(splitIntoFrames(message(FRAME_DATA_BYTES), 0).length, 1);
    assert.equal(splitIntoFrames(message(FRAME_DATA_BYTES + 1), 0).length, 2);
  });

  it('counts messages modulo 65,536', () => {
    assert.deepEqual(splitIntoFrames(filled(1, 1), 65_536 + 3), splitIntoFrames(filled(1, 1), 3));
  });

  it('refuses a message that is empty or longer than four frames', () => {
    assert.equal(splitIntoFrames(message(MAX_FRAMED_BYTES), 0).length, 4);
    throwsCode(() => splitIntoFrames(message(MAX_FRAMED_BYTES + 1), 0), 'ErrInvalidArgument');
    throwsCode(() => splitIntoFrames(new Uint8Array(), 0), 'ErrInvalidArgument');
  });
});

describe('a frame assembler', () => {
  it('gives back every message that was split, one after the other', () => {
    const assembler = new FrameAssembler();
    for (const length of [1, 1366, 1367, 1368, 2734, 2735, 5467, 5468]) {
      const given = feed(assembler, splitIntoFrames(message(length), length));
      assert.deepEqual(given.pop(), message(length));
      assert.ok(given.every((value) => value === undefined));
    }
    assert.equal(assembler.dropped, 0);
  });

  it('drops the unfinished message at a wrong index', () => {
    for (const packets of [
      [first, third],
      [second, third],
      [first, first.slice(), third],
      [first, second, second],
    ]) {
      const assembler = new FrameAssembler();
      assert.ok(feed(assembler, packets).every((value) => value === undefined));
      assert.ok(assembler.dropped >= 1);
      assert.deepEqual(feed(assembler, [first, second, third])[2], message(3546));
    }
  });

  it('drops the unfinished message when another begins, which is taken', () => {
    const assembler = new FrameAssembler();
    const [single] = splitIntoFrames(message(10), 8) as [Uint8Array];
    assert.deepEqual(feed(assembler, [first, second, single]), [undefined, undefined, message(10)]);
    assert.deepEqual(feed(assembler, [third]), [undefined]);
    assert.equal(assembler.dropped, 2);
    assert.deepEqual(feed(assembler, [first, first, second, third])[3], message(3546));
  });

  it('joins no frames of different messages or counts', () => {
    const other = patch(second, 3, [8]);
    const recounted = patch(second, 5, [4]);
    for (const wrong of [other, recounted]) {
      const assembler = new FrameAssembler();
      assert.ok(feed(assembler, [first, wrong, third]).every((value) => value === undefined));
    }
  });

  it('drops a message that is not complete 30 s after its first frame', () => {
    const assembler = new FrameAssembler();
    assembler.accept(first, 1_000);
    assembler.accept(second, 30_999);
    assert.equal(assembler.accept(third, 31_000), undefined);
    assert.equal(assembler.dropped, 2);
    assembler.accept(first, 40_000);
    assembler.accept(second, 69_999);
    assert.deepEqual(assembler.accept(third, 69_999), message(3546));
  });

  it('forgets the unfinished message at a disconnect', () => {
    const assembler = new FrameAssembler();
    feed(assembler, [first, second]);
    assembler.reset();
    assert.deepEqual(feed(assembler, [third]), [undefined]);
    assert.deepEqual(feed(assembler, [first, second, third])[2], message(3546));
  });

  it('drops and counts packets that break a rule, and goes on with the unfinished message', () => {
    const short = patch(second.subarray(0, 1372), 0, []);
    const bad = [
      new Uint8Array(),
      first.subarray(0, 5),
      first.subarray(0, 6), // no data
      patch(first, 0, [0xb2]),
      patch(first, 1, [2]),
      patch(first, 4, [3]), // index 3 of 3
      patch(first, 5, [0]),
      patch(first, 5, [5]),
      concat(third, filled(1000, 1)), // data over 1367
      short, // not the last and not full
    ];
    const assembler = new FrameAssembler();
    assembler.accept(first, 0);
    assert.ok(feed(assembler, bad).every((value) => value === undefined));
    assert.equal(assembler.dropped, bad.length);
    assert.deepEqual(feed(assembler, [second, third])[1], message(3546));
  });

  it('takes no packet that breaks a rule for a whole message', () => {
    const single = new Uint8Array([0xb1, 1, 0, 7, 0, 1, 9]);
    assert.deepEqual(new FrameAssembler().accept(single, 0), new Uint8Array([9]));
    for (const wrong of [
      single.subarray(0, 6),
      patch(single, 0, [0xb2]),
      patch(single, 1, [0]),
      patch(single, 1, [2]),
      patch(single, 4, [1]),
      patch(single, 5, [0]),
      patch(first, 5, [5]),
      concat(single, filled(1367, 1)),
    ]) {
      const assembler = new FrameAssembler();
      assert.equal(assembler.accept(wrong, 0), undefined);
      assert.equal(assembler.dropped, 1);
    }
  });

  it('keeps its own copy, because a transport uses its buffers again', () => {
    const assembler = new FrameAssembler();
    const buffer = Buffer.from(first);
    assembler.accept(buffer, 0);
    buffer.fill(0);
    assembler.accept(second, 0);
    assert.deepEqual(assembler.accept(third, 0), message(3546));
    const single = Buffer.from(splitIntoFrames(message(9), 1)[0]!);
    const given = assembler.accept(single, 0);
    single.fill(0);
    assert.deepEqual(given, message(9));
  });

  it('never throws and never gives more than four frames hold', () => {
    const packet = fc.oneof(
      fc.uint8Array({ maxLength: 1400 }),
      fc
        .tuple(fc.constantFrom(first, second, third), fc.nat(20), fc.nat(255))
        .map(([p, at, v]) => patch(p, at, [v])),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(packet, fc.nat(40_000)), { maxLength: 12 }), (packets) => {
        const assembler = new FrameAssembler();
        for (const [bytes, now] of packets) {
          const given = assembler.accept(bytes, now);
          assert.ok(given === undefined || (given.length > 0 && given.length <= MAX_FRAMED_BYTES));
        }
      }),
    );
  });
});
