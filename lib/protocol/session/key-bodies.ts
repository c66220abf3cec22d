import { CODE } from '../codes';
import { readBatch, writeBatch } from '../keys/key-list';
import type { Codec } from './body-codec';
import type { ExchangeAck, ExchangeMessage, ExchangeRefused } from './session-message';

const DIGEST_BYTES = 16;

/** The body is the exchange itself. */
export const exchangeCodec: Codec<ExchangeMessage> = {
  write: ({ exchange }, w) => void w.bytes(exchange),
  read: (r) => ({ kind: 'exchange', exchange: r.rest() }),
};

/** batch 3 | SHA-256(exchange)[:16] */
export const exchangeAckCodec: Codec<ExchangeAck> = {
  write({ batch, digest }, w) {
    writeBatch(w, batch);
    w.fixed(digest, DIGEST_BYTES);
  },
  read: (r) => ({ kind: 'exchange-ack', batch: readBatch(r), digest: r.bytes(DIGEST_BYTES) }),
};

/** batch 3 | code 1 */
export const exchangeRefusedCodec: Codec<ExchangeRefused> = {
  write({ batch, code }, w) {
    writeBatch(w, batch);
    w.u8(CODE[code]);
  },
  read: (r) => ({ kind: 'exchange-refused', batch: readBatch(r), code: r.code() }),
};
