import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { bytes, filled } from './fixtures';

const id = (value: number) => filled(16, value);

/** One example of every kind: the message, its number and its body in hexadecimal. */
export const EXAMPLES: readonly [SessionMessage, number, string][] = [
  [
    {
      kind: 'state',
      holdsMail: true,
      held: 258,
      batches: [
        { batch: 0x010203, live: [1, 8, 9, 104] },
        { batch: 0xffffff, live: [] },
      ],
      hints: [filled(8, 0xaa)],
      openNodes: [filled(38, 0xbb)],
    },
    0x10,
    `01 0102 02 010203 8180${'00'.repeat(10)}01 ffffff ${'00'.repeat(13)} 01 ${'aa'.repeat(8)} 01 ${'bb'.repeat(38)}`,
  ],
  [{ kind: 'exchange', exchange: bytes('0102') }, 0x11, '0102'],
  [{ kind: 'exchange-ack', batch: 1, digest: id(0xdd) }, 0x12, `000001 ${'dd'.repeat(16)}`],
  [{ kind: 'exchange-refused', batch: 0x010203, code: 'batch-in-use' }, 0x13, '010203 11'],
  [{ kind: 'store', request: 1, remaining: 2, envelope: bytes('0a0b') }, 0x20, '00000001 00000002 0a0b'],
  [
    { kind: 'store-answer', request: 0xfffffffe, code: 'rate', storageId: id(1), kept: 86400, wait: 5 },
    0x21,
    `fffffffe 05 ${'01'.repeat(16)} 00015180 0005`,
  ],
  [{ kind: 'list', request: 3, after: 2 ** 40, max: 64 }, 0x22, '00000003 0000010000000000 40'],
  [
    {
      kind: 'list-answer',
      request: 3,
      code: 'ok',
      more: true,
      items: [{ cursor: 9, storageId: id(2), tag: id(3), age: 60 }],
    },
    0x23,
    `00000003 00 01 01 0000000000000009 ${'02'.repeat(16)} ${'03'.repeat(16)} 0000003c`,
  ],
  [
    { kind: 'fetch', request: 4, storageIds: [id(4), id(5)] },
    0x24,
    `00000004 02 ${'04'.repeat(16)} ${'05'.repeat(16)}`,
  ],
  [
    { kind: 'fetched', request: 4, position: 1, code: 'not-found', age: 7, envelope: new Uint8Array() },
    0x25,
    '00000004 01 09 00000007',
  ],
  [{ kind: 'delete', request: 5, storageIds: [id(6)] }, 0x26, `00000005 01 ${'06'.repeat(16)}`],
  [{ kind: 'delete-answer', request: 5, code: 'ok', deleted: 1 }, 0x27, '00000005 00 01'],
  [{ kind: 'mail', waiting: 300 }, 0x28, '012c'],
  [
    {
      kind: 'fleet',
      certificate: {
        fleetKey: filled(32, 10),
        serial: 7,
        valid: 604_800,
        replicas: 2,
        signature: filled(64, 11),
      },
    },
    0x29,
    `${'0a'.repeat(32)} 00000007 00093a80 02 ${'0b'.repeat(64)}`,
  ],
  [{ kind: 'deliver', request: 6, envelope: bytes('0c') }, 0x30, '00000006 0c'],
  [{ kind: 'deliver-answer', request: 6, code: 'unknown-tag' }, 0x31, '00000006 0b'],
  [
    { kind: 'receipts', receipts: [{ messageId: filled(32, 7), code: 'incomplete' }] },
    0x32,
    `01 ${'07'.repeat(32)} 13`,
  ],
  [{ kind: 'receipts-confirmed', messageIds: [filled(32, 8)] }, 0x33, `01 ${'08'.repeat(32)}`],
];
