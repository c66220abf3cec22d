import { hex, join, toHex, uint } from '../../../test/lib/vectors/support/reference/bytes';
import type { RejectVector } from '../../../test/lib/vectors/support/vector-files';
import { digest } from '../cast';

const ID = digest('a message');
const HELD = uint(7, 2);

/** A batch with bits for its keys 1 and 104. */
function batch(number: number, ...starts: Uint8Array[]): Uint8Array {
  return join(uint(number, 3), hex('80000000000000000000000001'), ...starts);
}

/** Two receipts by key, and one of another code. */
export function mailOfReceipts(): Uint8Array {
  const starts = [ID.slice(0, 4), digest('another message').slice(0, 4)];
  return join(HELD, uint(1, 1), batch(0x010203, ...starts), uint(1, 1), ID, uint(13, 1));
}

/** Data of type 0x80 in a wrong form; each differs from something good in one thing. */
export function rejectedReceipts(): RejectVector[] {
  const start = ID.slice(0, 4);
  const one = batch(1, start, start);
  const none = uint(0, 1);
  const good = mailOfReceipts();
  const many = Array.from({ length: 65 }, (_, i) => join(uint(i + 1, 3), new Uint8Array(13)));
  const cases: [why: string, data: Uint8Array][] = [
    ['no byte at all', new Uint8Array(0)],
    ['nothing but the stock', HELD],
    ['without the second count', join(HELD, none)],
    ['one byte short', good.slice(0, -1)],
    ['one byte long', join(good, none)],
    ['65 batches', join(HELD, uint(65, 1), ...many, none)],
    ['batch 0', join(HELD, uint(1, 1), batch(0, start, start), none)],
    ['a batch twice', join(HELD, uint(2, 1), one, one, none)],
    ['fewer ids than bits', join(HELD, uint(1, 1), batch(1, start), none)],
    ['more ids than bits', join(HELD, uint(1, 1), batch(1, start, start, start), none)],
    ['a code no receipt has', join(HELD, none, uint(1, 1), ID, uint(1, 1))],
    ['an unknown code', join(HELD, none, uint(1, 1), ID, uint(20, 1))],
  ];
  return cases.map(([why, data]) => ({
    why: `receipts by mail: ${why}`,
    code: 'malformed',
    receipts: toHex(data),
  }));
}
