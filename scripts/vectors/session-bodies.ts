import type { CryptoProvider } from '../../lib/crypto/provider';
import { signCertificate } from '../../lib/protocol/fleet/certificate';
import { encodeExchange } from '../../lib/protocol/keys/exchange';
import type { SessionMessage } from '../../lib/protocol/session/message-kinds';

/** One message of every kind, with fields that differ from one another. */
export function everyMessage(crypto: CryptoProvider, digest: (name: string) => Uint8Array): SessionMessage[] {
  const id = (name: string) => digest(name).slice(0, 16);
  const envelope = Uint8Array.from({ length: 287 }, (_, i) => (i === 0 ? 1 : i & 0xff));
  const exchange = encodeExchange(crypto, {
    from: crypto.keyPairFromSecret(digest('one')),
    to: crypto.keyPairFromSecret(digest('two')).publicKey,
    batch: 0xabcdef,
    valid: 2_592_000,
    timestamp: 1_764_000_000,
    seed: digest('a seed'),
    keys: [{ index: 7, publicKey: crypto.keyPairFromSecret(digest('a key')).publicKey }],
  });
  return [
    {
      kind: 'state',
      holdsMail: true,
      held: 104,
      batches: [
        { batch: 0xabcdef, live: [1, 8, 9, 104] },
        { batch: 1, live: [] },
      ],
      hints: [digest('hint').slice(0, 8)],
      openNodes: [new Uint8Array([...digest('address'), 1, 2, 3, 4, 5, 6])],
    },
    { kind: 'exchange', exchange },
    { kind: 'exchange-ack', batch: 0xabcdef, digest: crypto.sha256(exchange).slice(0, 16) },
    { kind: 'exchange-refused', batch: 0xabcdef, code: 'batch-in-use' },
    { kind: 'store', request: 0xfffffffe, remaining: 86_400, envelope },
    { kind: 'store-answer', request: 0xfffffffe, code: 'ok', storageId: id('s'), kept: 86_400, wait: 0 },
    { kind: 'store-answer', request: 1, code: 'rate', storageId: id('s'), kept: 0, wait: 40 },
    { kind: 'list', request: 2, after: 2 ** 40, max: 64 },
    {
      kind: 'list-answer',
      request: 2,
      code: 'ok',
      more: true,
      items: [{ cursor: 2 ** 40 + 1, storageId: id('s'), tag: id('tag'), age: 3600 }],
    },
    { kind: 'fetch', request: 3, storageIds: [id('s'), id('t')] },
    { kind: 'fetched', request: 3, position: 0, code: 'ok', age: 3601, envelope },
    { kind: 'fetched', request: 3, position: 1, code: 'not-found', age: 0, envelope: new Uint8Array(0) },
    { kind: 'delete', request: 4, storageIds: [id('s')] },
    { kind: 'delete-answer', request: 4, code: 'ok', deleted: 1 },
    { kind: 'mail', waiting: 3 },
    {
      kind: 'fleet',
      certificate: signCertificate(digest('fleet'), crypto.keyPairFromSecret(digest('one')).publicKey, {
        serial: 7,
        valid: 604_800,
        replicas: 2,
      }),
    },
    { kind: 'deliver', request: 5, envelope },
    { kind: 'deliver-answer', request: 5, code: 'unknown-tag' },
    {
      kind: 'receipts',
      receipts: [
        { messageId: digest('m'), code: 'ok' },
        { messageId: digest('n'), code: 'incomplete' },
      ],
    },
    { kind: 'receipts-confirmed', messageIds: [digest('m'), digest('n')] },
  ];
}
