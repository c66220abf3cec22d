import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { FramedChannel } from '../../../../lib/transport/toxcore/framed-channel';

/** A channel whose other end is the test. */
function channelTo(written: Buffer[] = []) {
  const heard: unknown[] = [];
  const broken: string[] = [];
  let closed = 0;
  const stream = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => {
      written.push(bytes);
      done();
    },
  });
  const channel = new FramedChannel(stream, {
    onMessage: (message) => heard.push(message),
    onBroken: (reason) => broken.push(reason),
    onClose: () => (closed += 1),
  });
  return { stream, channel, heard, broken, closed: () => closed };
}

/** One whose other end reads a piece with each of `reads`. */
function unreadChannel(onDrain: () => void = () => undefined) {
  const reads: (() => void)[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (_bytes, _encoding, done) => void reads.push(done),
  });
  const onBroken = (reason: string) => assert.fail(reason);
  return { channel: new FramedChannel(stream, { onMessage: () => undefined, onBroken, onDrain }), reads };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the channel between two processes', () => {
  const messages = [
    { kind: 'a', bytes: new Uint8Array([1, 2, 3]), n: 1n, none: undefined },
    'text',
    new Uint8Array(100_000).fill(7),
    null,
  ];
  const sent = () => {
    const written: Buffer[] = [];
    const { channel } = channelTo(written);
    for (const message of messages) channel.send(message);
    return Buffer.concat(written);
  };

  it('carries any message whole, however the bytes are cut', async () => {
    const bytes = sent();
    for (const size of [1, 2, 3, 5, 1000, 65_536, bytes.length]) {
      const { stream, heard, broken } = channelTo();
      const step = size < 1000 ? 4096 : size;
      // The first bytes in small pieces, the long middle not: a piece costs a turn.
      for (let at = 0; at < bytes.length;) {
        const next = at < 400 || at > bytes.length - 40 ? size : step;
        stream.push(bytes.subarray(at, at + next));
        at += next;
        if (size < 1000) await turn();
      }
      await turn();
      assert.deepEqual(heard, messages, `pieces of ${size}`);
      assert.deepEqual(broken, []);
    }
  });

  it('is broken by what is no frame, and hears nothing more', async () => {
    for (const garbage of ['text, not a frame', '\u0000\u0000\u0000\u0001x', '\u0000\u0000\u0000\u0000']) {
      const { stream, heard, broken } = channelTo();
      stream.push(Buffer.concat([sent(), Buffer.from(garbage), sent()]));
      await turn();
      assert.equal(heard.length, messages.length);
      assert.equal(broken.length, 1);
    }
  });

  it('tells how much the other end has yet to read, and when it has read all', async () => {
    let drained = 0;
    const { channel, reads } = unreadChannel(() => (drained += 1));
    const waiting = () => channel.waiting;
    assert.equal(waiting(), 0);
    for (let i = 0; i < 3; i += 1) channel.send(new Uint8Array(100_000));
    assert.ok(waiting() > 300_000 && waiting() < 301_000, String(waiting()));
    while (waiting() > 0) {
      assert.equal(drained, 0);
      reads.shift()?.();
      await turn();
    }
    assert.equal(drained, 1);
  });

  it('says when long bytes have left, and not before', async () => {
    const { channel, reads } = unreadChannel();
    let written = 0;
    channel.send({ long: new Uint8Array(5000) }, () => (written += 1));
    for (let pieces = 0; pieces < 3; pieces += 1) {
      await turn();
      assert.equal(written, 0);
      reads.shift()?.();
    }
    await turn();
    assert.equal(written, 1);
  });

  it('says once that the other end is gone, and then loses what is sent', async () => {
    const { stream, channel, closed } = channelTo();
    assert.ok(channel.connected);
    stream.push(null);
    for (let i = 0; i < 3; i += 1) await turn();
    assert.equal(closed(), 1);
    assert.ok(!channel.connected);
    channel.send('nobody hears it');
    channel.disconnect();
    await turn();
    assert.equal(closed(), 1);
  });
});
