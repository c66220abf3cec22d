import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concat, toHex } from '../../../../lib/bytes';
import { CODE, isReceiptCode, type CodeWord, type ReceiptCode } from '../../../../lib/protocol/codes';
import {
  decodeSessionMessage,
  encodeSessionMessage,
  type SessionMessage,
  type State,
} from '../../../../lib/protocol/session/message-kinds';
import { EXAMPLES } from '../support/session-examples';
import { bytes, filled, throwsCode } from '../support/fixtures';

const CODES = Object.keys(CODE) as CodeWord[];
const id = (value: number) => filled(16, value);
const many = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

const STATE = EXAMPLES[0]![0] as State;

function roundTrip(message: SessionMessage): SessionMessage | undefined {
  const { kind, body } = encodeSessionMessage(message);
  return decodeSessionMessage(kind, body);
}

function fits(message: SessionMessage): void {
  assert.deepEqual(roundTrip(message), message);
}

function doesNotFit(message: SessionMessage): void {
  throwsCode(() => encodeSessionMessage(message), 'ErrInvalidArgument', JSON.stringify(message));
}

function isMalformed(kind: number, hex: string): void {
  throwsCode(() => decodeSessionMessage(kind, bytes(hex)), 'ErrMalformed', hex);
}

describe('session messages', () => {
  for (const [message, number, hex] of EXAMPLES) {
    it(`write and read '${message.kind}' as the protocol says`, () => {
      const { kind, body } = encodeSessionMessage(message);
      assert.equal(kind, number);
      assert.equal(toHex(body), hex.replace(/\s/g, ''));
      assert.deepEqual(decodeSessionMessage(kind, body), message);
    });
  }

  it('are refused when cut short', () => {
    for (const [message, kind, hex] of EXAMPLES) {
      const body = bytes(hex);
      const tail = 'envelope' in message ? message.envelope.length : 'exchange' in message ? body.length : 0;
      for (let length = 0; length < body.length - tail; length += 1) {
        throwsCode(() => decodeSessionMessage(kind, body.subarray(0, length)), 'ErrMalformed', message.kind);
      }
    }
  });

  it('are refused with bytes left over, unless they end in an envelope or an exchange', () => {
    for (const [message, kind, hex] of EXAMPLES) {
      if ('envelope' in message || 'exchange' in message) continue;
      throwsCode(
        () => decodeSessionMessage(kind, concat(bytes(hex), bytes('00'))),
        'ErrMalformed',
        message.kind,
      );
    }
  });

  it('of an unknown kind are undefined, not an error', () => {
    const known = new Set(EXAMPLES.map(([, number]) => number));
    for (let kind = 0; kind < 256; kind += 1) {
      if (!known.has(kind)) assert.equal(decodeSessionMessage(kind, bytes('00')), undefined);
    }
  });

  it('are copies that outlive the packet they came in', () => {
    const [, kind, hex] = EXAMPLES[4]!;
    const body = Buffer.from(bytes(hex));
    const message = decodeSessionMessage(kind, body);
    body.fill(0);
    assert.deepEqual(message, EXAMPLES[4]![0]);
  });

  it('hold as many entries as the protocol allows, and no more', () => {
    const batches = (count: number) => Array.from({ length: count }, (_, i) => ({ batch: i + 1, live: [1] }));
    const hint = filled(8, 1);
    const address = filled(38, 1);
    fits({ ...STATE, batches: batches(16), hints: many(16, hint), openNodes: many(4, address) });
    doesNotFit({ ...STATE, batches: batches(17) });
    doesNotFit({ ...STATE, hints: many(17, hint) });
    doesNotFit({ ...STATE, openNodes: many(5, address) });

    const item = { cursor: 1, storageId: id(1), tag: id(1), age: 0 };
    const answer = { kind: 'list-answer', request: 1, code: 'ok', more: false } as const;
    fits({ ...answer, items: many(64, item) });
    doesNotFit({ ...answer, items: many(65, item) });
    doesNotFit({ kind: 'list', request: 1, after: 0, max: 65 });

    fits({ kind: 'fetch', request: 1, storageIds: many(16, id(1)) });
    doesNotFit({ kind: 'fetch', request: 1, storageIds: many(17, id(1)) });
    fits({ kind: 'delete', request: 1, storageIds: many(64, id(1)) });
    doesNotFit({ kind: 'delete', request: 1, storageIds: many(65, id(1)) });

    const receipt = { messageId: filled(32, 1), code: 'ok' } as const;
    fits({ kind: 'receipts', receipts: many(41, receipt) });
    doesNotFit({ kind: 'receipts', receipts: many(42, receipt) });
    fits({ kind: 'receipts-confirmed', messageIds: many(41, filled(32, 1)) });
    doesNotFit({ kind: 'receipts-confirmed', messageIds: many(42, filled(32, 1)) });
  });

  it('delete something and receipt something, while a fetch of none is for its reader to refuse', () => {
    doesNotFit({ kind: 'delete', request: 1, storageIds: [] });
    isMalformed(0x26, '00000001 00');
    doesNotFit({ kind: 'receipts', receipts: [] });
    isMalformed(0x32, '00');
    fits({ kind: 'fetch', request: 1, storageIds: [] });
    fits({ kind: 'delete', request: 1, storageIds: [id(1)] });
  });

  it('are refused when they count more entries than the protocol allows, whatever follows', () => {
    const filler = '01'.repeat(4000);
    isMalformed(0x10, `00 0000 11 ${filler}`);
    isMalformed(0x10, `00 0000 00 11 ${filler}`);
    isMalformed(0x10, `00 0000 00 00 05 ${filler}`);
    isMalformed(0x22, '00000001 0000000000000000 41');
    isMalformed(0x23, `00000001 00 00 41 ${filler}`);
    isMalformed(0x24, `00000001 11 ${'01'.repeat(17 * 16)}`);
    isMalformed(0x26, `00000001 41 ${'01'.repeat(65 * 16)}`);
    isMalformed(0x32, `2a ${`${'01'.repeat(32)} 00`.repeat(42)}`);
    isMalformed(0x33, `2a ${'01'.repeat(42 * 32)}`);
  });

  it('take no value that its field cannot hold', () => {
    const [store, answer, list] = [EXAMPLES[4]![0], EXAMPLES[5]![0], EXAMPLES[6]![0]];
    for (const request of [-1, 2 ** 32, 0.5, NaN]) doesNotFit({ ...store, request } as SessionMessage);
    doesNotFit({ ...answer, wait: 65_536 } as SessionMessage);
    doesNotFit({ ...answer, storageId: filled(15, 0) } as SessionMessage);
    doesNotFit({ ...list, after: 2 ** 53 } as SessionMessage);
    doesNotFit({ kind: 'mail', waiting: 65_536 });
    doesNotFit({ kind: 'receipts-confirmed', messageIds: [filled(31, 0)] });
    doesNotFit({ ...STATE, held: 65_536 });
    doesNotFit({ ...STATE, hints: [filled(7, 0)] });
    doesNotFit({ ...STATE, openNodes: [filled(32, 0)] });
  });

  it('have cursors below 2^53 and flags of 0 or 1', () => {
    fits({ kind: 'list', request: 1, after: Number.MAX_SAFE_INTEGER, max: 0 });
    isMalformed(0x22, '00000001 0020000000000000 01');
    isMalformed(0x23, '00000001 00 02 00');
  });

  it('name no batch 0 and no key outside 1..104', () => {
    doesNotFit({ ...STATE, batches: [{ batch: 0, live: [] }] });
    for (const index of [0, 105, 1.5, -1]) doesNotFit({ ...STATE, batches: [{ batch: 1, live: [index] }] });
    doesNotFit({ kind: 'exchange-ack', batch: 0, digest: id(0) });
    doesNotFit({ kind: 'exchange-refused', batch: 0, code: 'bad-mac' });
    isMalformed(0x10, `00 0000 01 000000 ${'00'.repeat(13)} 00 00`);
    isMalformed(0x12, `000000 ${'dd'.repeat(16)}`);
    isMalformed(0x13, '000000 10');
  });

  it('list any set of live keys, in rising order', () => {
    const live = fc.uniqueArray(fc.integer({ min: 1, max: 104 }));
    fc.assert(
      fc.property(live, (indexes) => {
        const read = roundTrip({ ...STATE, batches: [{ batch: 5, live: indexes }] });
        const sorted = [...indexes].sort((a, b) => a - b);
        assert.deepEqual(read, { ...STATE, batches: [{ batch: 5, live: sorted }] });
      }),
    );
  });

  it('name each batch of a state once', () => {
    const batch = (number: string) => `${number} ${'80'.repeat(13)}`;
    const body = (...numbers: string[]) => `00 0000 0${numbers.length} ${numbers.map(batch).join('')} 00 00`;
    isMalformed(0x10, body('000001', '000002', '000001'));
    assert.ok(decodeSessionMessage(0x10, bytes(body('000001', '000002', '000003'))));
  });

  it('ignore flags of a state that a later version may set', () => {
    const { body } = encodeSessionMessage({ ...STATE, holdsMail: false });
    assert.equal(body[0], 0);
    body[0] = 0xfe;
    assert.deepEqual(decodeSessionMessage(0x10, body), { ...STATE, holdsMail: false });
  });

  it('read no code that the protocol does not have', () => {
    isMalformed(0x13, '000001 14');
    isMalformed(0x21, `00000001 ff ${'01'.repeat(16)} 00000000 0000`);
    isMalformed(0x27, '00000001 14 00');
  });

  it('say in a receipt only what a receipt can say', () => {
    for (const code of CODES) {
      const messageId = filled(32, 1);
      if (isReceiptCode(code)) fits({ kind: 'receipts', receipts: [{ messageId, code }] });
      else isMalformed(0x32, `01 ${'01'.repeat(32)} ${toHex(new Uint8Array([CODE[code]]))}`);
    }
    const code = 'busy' as CodeWord as ReceiptCode;
    doesNotFit({ kind: 'receipts', receipts: [{ messageId: filled(32, 1), code }] });
  });

  it('say in an answer to a delivery only what it can say', () => {
    const allowed =
      'ok known unknown-tag forged malformed unsupported incomplete busy bad-request not-yours'.split(' ');
    for (const code of CODES) {
      const answer = { kind: 'deliver-answer', request: 1, code } as const;
      if (allowed.includes(code)) fits(answer);
      else {
        doesNotFit(answer);
        isMalformed(0x31, `00000001 ${toHex(new Uint8Array([CODE[code]]))}`);
      }
    }
  });

  it('carry an envelope of any length, for its reader to refuse with a code', () => {
    for (const length of [0, 1, 287, 1534, 2000]) {
      fits({ kind: 'store', request: 1, remaining: 1, envelope: filled(length, 1) });
      fits({ kind: 'deliver', request: 1, envelope: filled(length, 1) });
    }
  });
});
