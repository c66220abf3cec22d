import assert from 'node:assert/strict';
import { serialize } from 'node:v8';
import { ChildLinks, inReports } from '../../../../../lib/transport/toxcore/child/child-links';
import type { ChildEvent } from '../../../../../lib/transport/toxcore/process-messages';
import { packPackets, unpackPackets } from '../../../../../lib/transport/toxcore/packet-batch';
import type { ToxEvents } from '../../../../../lib/transport/toxcore/binding/tox-events';

const NOTHING: ToxEvents = {
  self: [],
  connections: [],
  packets: [],
  messages: [],
  receipts: [],
  requests: [],
  details: false,
};
const on = (friend: number) => ({ friend, online: true });
const off = (friend: number) => ({ friend, online: false });
const bytes = (...values: number[]) => Uint8Array.of(...values);

/** Links over a libtoxcore that accepts what the test says. */
function links() {
  const sent: unknown[] = [];
  const answers = { packet: 'taken' as 'taken' | 'full' | 'lost', message: 1 as number | 'full' | 'lost' };
  const clock = { now: 0, room: Infinity };
  const made = new ChildLinks({
    sendPacket: (friend, packet) => {
      if (clock.room === 0) return 'full';
      clock.room -= 1;
      if (answers.packet === 'taken') sent.push([friend, ...packet]);
      return answers.packet;
    },
    sendMessage: (friend, { text }) => {
      if (typeof answers.message === 'number') sent.push([friend, text]);
      return answers.message;
    },
    now: () => clock.now,
  });
  const take = (events: Partial<ToxEvents>) => made.take({ ...NOTHING, ...events });
  return { made, sent, answers, clock, take };
}

const words = (events: readonly ChildEvent[]) =>
  events.map((event) =>
    [
      event.what,
      'friend' in event ? event.friend : '',
      'online' in event ? event.online : '',
      'confirmed' in event ? event.confirmed : '',
      'count' in event ? event.count : '',
    ]
      .filter((word) => word !== '')
      .join(' '),
  );

describe('connections as the child process sees them', () => {
  it('tell a beginning before what the friend sent, and an end after it', () => {
    const { take } = links();
    const packets = [
      { friend: 1, packet: bytes(160, 1) },
      { friend: 2, packet: bytes(160) },
      { friend: 1, packet: bytes(160, 2) },
    ];
    take({ connections: [on(2)] });
    const told = take({ connections: [off(2), on(1)], packets });
    assert.deepEqual(words(told), ['friend 1 true', 'packets 1', 'packets 2', 'friend 2 false']);
    assert.deepEqual(told[1], {
      what: 'packets',
      friend: 1,
      packets: packPackets([bytes(160, 1), bytes(160, 2)]),
    });
  });

  it('give each connection a number of its own, also when one replaces another within a turn', () => {
    const { take } = links();
    const [, first] = take({ connections: [on(1)] });
    const [ended, second] = take({ connections: [off(1), on(1)] });
    assert.deepEqual(words([ended!, second!]), ['friend 1 false', 'friend 1 true']);
    assert.ok(first?.what === 'friend' && ended?.what === 'friend' && second?.what === 'friend');
    assert.equal(first.link, ended.link);
    assert.notEqual(first.link, second.link);
  });

  it('are word of being online: what libtoxcore says of itself may flap', () => {
    const { take } = links();
    assert.deepEqual(words(take({ self: [true] })), ['self true']);
    take({ connections: [on(1)] });
    assert.deepEqual(words(take({ self: [false] })), []);
    assert.deepEqual(words(take({ self: [true, false] })), []);
    assert.deepEqual(words(take({ connections: [off(1)] })), ['friend 1 false', 'self false']);
  });

  it('send nothing that was meant for an ended connection', () => {
    const { made, sent, take } = links();
    const [, begun] = take({ connections: [on(1)] });
    assert.ok(begun?.what === 'friend');
    take({ connections: [off(1)] });
    take({ connections: [on(1)] });
    const { link } = begun;
    assert.deepEqual(made.send({ kind: 'packets', friend: 1, link, packets: packPackets([bytes(160)]) }), []);
    const message = { kind: 'message', friend: 1, link, type: 'normal', text: 'late', request: 5 } as const;
    assert.deepEqual(made.send(message), [{ what: 'receipt', request: 5, confirmed: false }]);
    assert.deepEqual(sent, []);
  });

  it('keep the order while libtoxcore is congested, and go on in the next turn', () => {
    const { made, sent, answers, take } = links();
    const [, begun] = take({ connections: [on(1)] });
    assert.ok(begun?.what === 'friend');
    const { link } = begun;
    answers.packet = 'full';
    made.send({ kind: 'packets', friend: 1, link, packets: packPackets([bytes(160), bytes(161)]) });
    made.send({ kind: 'message', friend: 1, link, type: 'normal', text: 'behind', request: 1 });
    assert.deepEqual([sent, made.waiting], [[], 3]);
    answers.packet = 'taken';
    assert.deepEqual(words(made.flush()), ['taken 1 2']);
    assert.deepEqual(sent, [
      [1, 160],
      [1, 161],
      [1, 'behind'],
    ]);
    assert.equal(made.waiting, 0);
  });

  it('keep back what libtoxcore would take, while its congestion control goes wrong', () => {
    const { made, sent, clock, take } = links();
    const [, begun] = take({ connections: [on(1)] });
    assert.ok(begun?.what === 'friend');
    const packets = packPackets(Array.from({ length: 3000 }, () => bytes(160)));
    made.send({ kind: 'packets', friend: 1, link: begun.link, packets });
    for (; clock.now < 6000; clock.now += 50) {
      clock.room = Math.round(60 * 0.9 ** (clock.now / 200));
      made.flush();
    }
    clock.room = Infinity;
    const before = sent.length;
    assert.deepEqual(made.flush(), []);
    clock.now += 10_000;
    made.flush();
    assert.ok(sent.length > before && sent.length < before + 64);
  });

  it('confirm a message by its receipt, and tell at the end which had none', () => {
    const { made, answers, take } = links();
    const [, begun] = take({ connections: [on(1)] });
    assert.ok(begun?.what === 'friend');
    const send = (request: number) =>
      made.send({ kind: 'message', friend: 1, link: begun.link, type: 'normal', text: 'x', request });
    answers.message = 40;
    send(1);
    answers.message = 41;
    send(2);
    answers.message = 'lost';
    assert.deepEqual(send(3), [{ what: 'receipt', request: 3, confirmed: false }]);
    answers.message = 'full';
    send(4);
    assert.deepEqual(take({ receipts: [{ friend: 1, id: 41 }] }), [
      { what: 'receipt', request: 2, confirmed: true },
    ]);
    assert.deepEqual(words(take({ connections: [off(1)] })), [
      'receipt false',
      'receipt false',
      'friend 1 false',
      'self false',
    ]);
  });

  it('end when a friend is removed', () => {
    const { made, take } = links();
    take({ connections: [on(1)] });
    assert.deepEqual(words(made.remove(1)), ['friend 1 false', 'self false']);
    assert.deepEqual(made.remove(1), []);
  });

  it('show text that is not UTF-8 with replacement characters, and keep a byte order mark', () => {
    const { take } = links();
    const text = bytes(0xef, 0xbb, 0xbf, 0x61, 0xff);
    const [, , message] = take({ connections: [on(1)], messages: [{ friend: 1, type: 'normal', text }] });
    assert.ok(message?.what === 'message');
    assert.equal(message.text, '\ufeffa\ufffd');
  });

  it('tell the packets of a turn in reports of bounded size, in their order', () => {
    const { take } = links();
    take({ connections: [on(1), on(2)] });
    const packet = (n: number) => Uint8Array.of(160, n >> 8, n, ...new Uint8Array(1370));
    const packets = Array.from({ length: 5000 }, (_, n) => ({
      friend: n === 4000 ? 2 : 1,
      packet: packet(n),
    }));
    const told = take({ connections: [off(2)], packets });
    const reports = [...inReports(told)];
    assert.deepEqual(reports.flat(), told);
    const size = (events: readonly ChildEvent[]) =>
      events.reduce((sum, event) => sum + (event.what === 'packets' ? event.packets.length : 0), 0);
    assert.ok(Math.max(...reports.map(size)) < 500_000);
    const heard = told.flatMap((event) =>
      event.what === 'packets' && event.friend === 1 ? unpackPackets(event.packets) : [],
    );
    assert.deepEqual(
      heard.map(([, high = 0, low = 0]) => high * 256 + low),
      packets.filter(({ friend }) => friend === 1).map((_, n) => (n < 4000 ? n : n + 1)),
    );
  });

  it('tell the messages of a turn in reports of bounded size, however many there are', () => {
    const { take } = links();
    take({ connections: [on(1)] });
    // None of it UTF-8: each byte becomes a character of two.
    const text = new Uint8Array(1372).fill(0xff);
    const told = take({
      messages: Array.from({ length: 20_000 }, () => ({ friend: 1, type: 'normal', text })),
    });
    const reports = [...inReports(told)];
    assert.deepEqual(words(reports.flat()), words(told));
    for (const events of reports) assert.ok(serialize(events).length < 500_000);
    const short = { friend: 1, type: 'normal', text: bytes(0x61) } as const;
    const many = take({ messages: new Array<typeof short>(200_000).fill(short) });
    assert.equal(many.length, 200_000);
    for (const events of inReports(many)) assert.ok(serialize(events).length < 500_000);
  });

  it('tell little in one report, and nothing in none', () => {
    const { take } = links();
    const told = take({ connections: [on(1)], packets: [{ friend: 1, packet: bytes(160) }] });
    assert.equal(told.length, 3);
    assert.deepEqual([...inReports(told)], [told]);
    assert.deepEqual([...inReports([])], []);
  });
});
