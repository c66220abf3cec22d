import { hex, join } from '../../../test/lib/vectors/support/reference/bytes';
import { headOf, type HeadChanges } from '../../../test/lib/vectors/support/reference/large';
import { digest } from '../cast';

const utf8 = (value: string) => new TextEncoder().encode(value);
/** `leak` as a stored block: see extended-cases.ts. */
const DEFLATED = hex('010400fbff6c65616b');

const extended = (head: readonly number[], ...rest: Uint8Array[]) => join(Uint8Array.from(head), ...rest);

/** What follows `inner | flags | label length` is a label of this one character, and data that fits. */
const withLabel = (label: string) => extended([0, 0, utf8(label).length], utf8(label), utf8('leak'));

/** 262,145 zeros, with codes (RFC 1951, 3.2.7) of one bit for "258 more of the same". */
const BOMB = join(hex('edc13101000000c2a0f54fed6f06a0'), new Uint8Array(254), hex('ce00'));

/** The data of a head of 2,000 bytes without a label, with one thing changed. */
const head = (change: HeadChanges, length = 2000) =>
  headOf(
    {
      payloadKey: digest('payload key'),
      label: new Uint8Array(),
      inner: 2,
      deflated: false,
      data: new Uint8Array(length).fill(7),
    },
    change,
  );

/** Data of types 3 and 4 that is taken from nobody. */
export function rejectedContent(): [code: string, why: string, type: number, data: Uint8Array][] {
  return [
    ['malformed', 'JSON: nothing', 3, new Uint8Array(0)],
    ['malformed', 'JSON: two values', 3, utf8('1 2')],
    ['malformed', 'JSON: a byte order mark', 3, utf8('\ufeff1')],
    ['malformed', 'JSON: a number that only JavaScript has', 3, utf8('NaN')],
    ['malformed', 'JSON: a text that is not UTF-8', 3, hex('22ff22')],
    ['malformed', 'extended: nothing', 4, new Uint8Array(0)],
    ['malformed', 'extended: no flags', 4, extended([0])],
    ['malformed', 'extended: no label length', 4, extended([0, 0])],
    ['malformed', 'extended: label cut short', 4, extended([0, 0, 2], utf8('t'))],
    ['malformed', 'extended: label with a line break', 4, withLabel('\n')],
    ['malformed', 'extended: label with U+0000', 4, withLabel('\0')],
    ['malformed', 'extended: label with U+007F', 4, withLabel('\u007f')],
    ['malformed', 'extended: label with U+009F', 4, withLabel('\u009f')],
    ['malformed', 'extended: label that is not UTF-8', 4, extended([0, 0, 1, 0xff], utf8('leak'))],
    ['malformed', 'extended: text that is not UTF-8', 4, extended([0, 0, 0, 0xff])],
    ['malformed', 'extended: JSON that is none', 4, extended([3, 0, 0], utf8('{'))],
    ['malformed', 'extended: a deflated text', 4, extended([0, 1, 0], DEFLATED)],
    ['malformed', 'extended: a deflated action', 4, extended([1, 1, 0], DEFLATED)],
    ['malformed', 'extended: deflated, cut short', 4, extended([2, 1, 0], DEFLATED.slice(0, -1))],
    ['malformed', 'extended: deflated, a byte follows', 4, extended([2, 1, 0], DEFLATED, new Uint8Array(1))],
    ['malformed', 'extended: deflated, one byte too many inside', 4, extended([2, 1, 0], BOMB)],
    ['malformed', 'extended: deflated JSON that is none', 4, extended([3, 1, 0], DEFLATED)],
    ['malformed', 'large: nothing after the label', 4, extended([2, 2, 0])],
    ['malformed', 'large: a head one byte short', 4, head({ first: 1331 })],
    ['malformed', 'large: no chunk', 4, head({ chunks: 0 })],
    ['malformed', 'large: one chunk too many', 4, head({ chunks: 2 })],
    ['malformed', 'large: one chunk too few', 4, head({ chunks: 1 }, 7000)],
    ['malformed', 'large: 51 chunks', 4, head({ total: 266_333, chunks: 51 })],
    ['malformed', 'large: a total that the head has whole', 4, head({ total: 1332, chunks: 0 })],
    ['malformed', 'large: a byte over 262,144', 4, head({ total: 262_145, chunks: 50 })],
    ['malformed', 'large: a deflated text', 4, extended([0, 3, 0], head({}).slice(3))],
    ['unsupported', 'extended: an inner type of a later version', 4, extended([4, 0, 0], utf8('leak'))],
    ['unsupported', 'extended: a flag of a later version', 4, extended([0, 4, 0], utf8('leak'))],
    ['unsupported', 'extended: the highest flag, before a bad label', 4, extended([0, 0x80, 1, 0x0a])],
    ['unsupported', 'extended: an unknown inner type, before a deflated text', 4, extended([0x80, 1, 0])],
    ['unsupported', 'extended: an unknown inner type and nothing else', 4, extended([0xff])],
  ];
}
