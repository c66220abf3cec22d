import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { join, publicOf, toHex, uint } from '../../../test/lib/vectors/support/reference/bytes';
import { echoOf, hello, helloOf1, sealed } from '../../../test/lib/vectors/support/reference/session';
import type { RejectVector } from '../../../test/lib/vectors/support/vector-files';
import { BAD_POINTS, digest, R, S, stretched } from '../cast';

/** Of the two identities S is side 1. Nothing here is ever answered. */
export function rejectedInSession(): RejectVector[] {
  const cases: RejectVector[] = [
    ...hellosToSide1(),
    ...hellosToSide2(),
    ...sealedMessages(),
    ...bodies(),
    ...frames(),
  ];
  return cases;
}

const code = 'dropped';
const e1 = digest('e1');
const e2 = digest('e2');
const decapsulationKey = stretched('decapsulation key', 64);
const kemKey = createPortableProvider().kemPublicKey(decapsulationKey);
const ciphertext = stretched('kem ciphertext', 1088);
const first = (bytes: Uint8Array) => join(uint(1, 1), bytes);

/** S said hello1; hello2 comes back. */
function hellosToSide1(): RejectVector[] {
  const hello1 = helloOf1(0, publicOf(e1), kemKey);
  const echo = echoOf(hello1);
  const answer = (ephemeral: Uint8Array, echoed = echo, versions?: number[]) =>
    first(hello(0, ephemeral, echoed, ciphertext, versions));
  const good = answer(publicOf(e2));
  const cases: [why: string, hello2: Uint8Array][] = [
    ['an echo of zeros', answer(publicOf(e2), new Uint8Array(8))],
    ['the echo of another hello', answer(publicOf(e2), echoOf(helloOf1(1, publicOf(e1), kemKey)))],
    [
      'the echo of the hello without its KEM key',
      answer(publicOf(e2), echoOf(helloOf1(0, publicOf(e1), new Uint8Array(0)))),
    ],
    ['one byte short', good.slice(0, -1)],
    ['without a KEM ciphertext', good.slice(0, 45)],
    ['versions from 2 to 3', answer(publicOf(e2), echo, [2, 3])],
    ['version 0 alone', answer(publicOf(e2), echo, [0, 0])],
    ['versions in the wrong order', answer(publicOf(e2), echo, [1, 0])],
    ["side 1's own ephemeral", answer(publicOf(e1))],
    ["side 1's identity as ephemeral", answer(S.public)],
    ...BAD_POINTS.map(([why, point]): [string, Uint8Array] => [`ephemeral key: ${why}`, answer(point)]),
  ];
  return cases.map(([why, hello2]) => ({
    why: `hello2: ${why}`,
    code,
    side: 1,
    secret: toHex(S.secret),
    ephemeral: toHex(e1),
    decapsulationKey: toHex(decapsulationKey),
    peer: toHex(R.public),
    hello1: toHex(first(hello1)),
    hello2: toHex(hello2),
  }));
}

function hellosToSide2(): RejectVector[] {
  const call = (ephemeral: Uint8Array, kem = kemKey) => first(helloOf1(0, ephemeral, kem));
  const good = call(publicOf(e1));
  const none = new Uint8Array(8);
  const cases: [why: string, hello1: Uint8Array][] = [
    ['an echo that is not zeros', first(hello(0, publicOf(e1), digest('echo').slice(0, 8), kemKey))],
    ['one byte short', good.slice(0, -1)],
    ['without a KEM key', good.slice(0, 45)],
    ['versions from 2 to 3', first(hello(0, publicOf(e1), none, kemKey, [2, 3]))],
    ["side 2's identity as ephemeral", call(R.public)],
    ...BAD_POINTS.map(([why, point]): [string, Uint8Array] => [`ephemeral key: ${why}`, call(point)]),
    ...badKemKeys().map(([why, key]): [string, Uint8Array] => [`KEM key: ${why}`, call(publicOf(e1), key)]),
  ];
  return cases.map(([why, hello1]) => ({
    why: `hello1: ${why}`,
    code,
    side: 2,
    secret: toHex(R.secret),
    ephemeral: toHex(e2),
    peer: toHex(S.public),
    hello1: toHex(hello1),
  }));
}

/** Coefficients are two to three bytes: the first of a triple has its low 8 bits and the low 4 of the next. */
function badKemKeys(): [why: string, key: Uint8Array][] {
  const withTriple = (at: number, triple: number[]) =>
    join(kemKey.slice(0, at), new Uint8Array(triple), kemKey.slice(at + 3));
  return [
    ['the first coefficient is 3,329', withTriple(0, [0x01, 0x0d, 0x00])],
    ['the last coefficient is 3,329', withTriple(1149, [0x00, 0x10, 0xd0])],
    ['a coefficient in the middle is 4,095', withTriple(600, [0xff, 0x0f, 0x00])],
    ['all bits are set', new Uint8Array(1184).fill(0xff)],
  ];
}

function sealedMessages(): RejectVector[] {
  const key = digest('a session key');
  const good = sealed(key, 5, 0x28, uint(1, 2));
  const cases: [why: string, counter: number, message: Uint8Array][] = [
    ['a counter that was taken already', 5, good],
    ['a counter below the last', 6, good],
    ['counter 0', 0, sealed(key, 0, 0x28, uint(1, 2))],
    ['under another key', 0, sealed(digest('another key'), 5, 0x28, uint(1, 2))],
    ['another counter written over it', 0, join(good.slice(0, 8), uint(6, 1), good.slice(9))],
    ['cut short', 0, good.slice(0, -1)],
    ['nothing but the counter', 0, good.slice(0, 9)],
    ['last bit changed', 0, good.map((byte, i) => (i === good.length - 1 ? byte ^ 1 : byte))],
  ];
  return cases.map(([why, counter, message]) => ({
    why: `sealed: ${why}`,
    code,
    key: toHex(key),
    counter,
    sealed: toHex(message),
  }));
}

/** Bodies of known kinds in a wrong form, and a kind that is not known. */
function bodies(): RejectVector[] {
  const none = new Uint8Array(0);
  const cases: [why: string, kind: number, body: Uint8Array][] = [
    ['unknown kind', 0x40, none],
    ['state: empty', 0x10, none],
    ['state: one byte long', 0x10, new Uint8Array(7)],
    ['state: 17 batches', 0x10, join(uint(0, 3), uint(17, 1), new Uint8Array(17 * 16 + 2).fill(1))],
    ['state: batch 0', 0x10, join(uint(0, 3), uint(1, 1), new Uint8Array(16 + 2))],
    ['state: a batch twice', 0x10, join(uint(0, 3), uint(2, 1), new Uint8Array(2 * 16).fill(1), uint(0, 2))],
    ['state: 17 hints', 0x10, join(uint(0, 4), uint(17, 1), new Uint8Array(17 * 8 + 1))],
    ['state: 5 open nodes', 0x10, join(uint(0, 5), uint(5, 1), new Uint8Array(5 * 38))],
    ['exchange-ack: batch 0', 0x12, new Uint8Array(19)],
    ['exchange-refused: unknown code', 0x13, new Uint8Array([0, 0, 1, 20])],
    ['store: without remaining', 0x20, new Uint8Array(7)],
    ['list: max 65', 0x22, join(new Uint8Array(12), uint(65, 1))],
    ['list-answer: more is 2', 0x23, new Uint8Array([0, 0, 0, 0, 0, 2, 0])],
    ['list-answer: 65 entries', 0x23, join(new Uint8Array(6), uint(65, 1), new Uint8Array(65 * 44))],
    ['fetch: 17 ids', 0x24, join(new Uint8Array(4), uint(17, 1), new Uint8Array(17 * 16))],
    ['fetch: fewer ids than counted', 0x24, join(new Uint8Array(4), uint(2, 1), new Uint8Array(16))],
    ['delete: 65 ids', 0x26, join(new Uint8Array(4), uint(65, 1), new Uint8Array(65 * 16))],
    ['delete: no id', 0x26, new Uint8Array(5)],
    ['mail: three bytes', 0x28, new Uint8Array(3)],
    ['deliver-answer: a code of storage nodes', 0x31, new Uint8Array([0, 0, 0, 1, 3])],
    ['receipts: 42', 0x32, join(uint(42, 1), new Uint8Array(42 * 33))],
    ['receipts: none', 0x32, new Uint8Array(1)],
    ['receipts: a code no receipt has', 0x32, join(uint(1, 1), new Uint8Array(32), uint(1, 1))],
    ['receipts-confirmed: 42', 0x33, join(uint(42, 1), new Uint8Array(42 * 32))],
  ];
  return cases.map(([why, kind, body]) => ({ why: `body: ${why}`, code, kind, body: toHex(body) }));
}

function frames(): RejectVector[] {
  const frame = (number: number, index: number, count: number, length: number, head = [0xb1, 1]) =>
    join(new Uint8Array([...head]), uint(number, 2), uint(index, 1), uint(count, 1), new Uint8Array(length));
  const cases: [why: string, packets: Uint8Array[]][] = [
    ['another packet id', [frame(0, 0, 1, 5, [0xb0, 1])]],
    ['frame version 2', [frame(0, 0, 1, 5, [0xb1, 2])]],
    ['no data', [frame(0, 0, 1, 0)]],
    ['no header', [new Uint8Array([0xb1, 1, 0])]],
    ['count 0', [frame(0, 0, 0, 5)]],
    ['count 5', [0, 1, 2, 3, 4].map((i) => frame(0, i, 5, i < 4 ? 1367 : 5))],
    ['index beyond the count', [frame(0, 1, 1, 5)]],
    ['too much data', [frame(0, 0, 1, 1368)]],
    ['a first frame that is not full', [frame(0, 0, 2, 1366), frame(0, 1, 2, 5)]],
    ['the second frame first', [frame(0, 1, 2, 5), frame(0, 0, 2, 1367)]],
    ['a frame missing', [frame(0, 0, 3, 1367), frame(0, 2, 3, 5)]],
    ['another message number', [frame(0, 0, 2, 1367), frame(1, 1, 2, 5)]],
    ['another count', [frame(0, 0, 2, 1367), frame(0, 1, 3, 1367)]],
    ['the first frame again', [frame(0, 0, 2, 1367), frame(0, 0, 2, 1367)]],
  ];
  return cases.map(([why, packets]) => ({ why: `frames: ${why}`, code, packets: packets.map(toHex) }));
}
