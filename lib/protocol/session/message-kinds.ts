import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';
import { deliverAnswerCodec, deliverCodec, receiptsCodec, receiptsConfirmedCodec } from './delivery-bodies';
import { exchangeAckCodec, exchangeCodec, exchangeRefusedCodec } from './key-bodies';
import type { Codec } from './body-codec';
import { fleetCodec } from './fleet-body';
import type { SessionMessage } from './session-message';
import { stateCodec } from './state-body';
import {
  deleteAnswerCodec,
  deleteCodec,
  fetchCodec,
  fetchedCodec,
  listAnswerCodec,
  listCodec,
  mailCodec,
  storeAnswerCodec,
  storeCodec,
} from './storage-bodies';

export type * from './session-message';

type Kind = SessionMessage['kind'];
type Entry<K extends Kind> = {
  readonly number: number;
  readonly codec: Codec<Extract<SessionMessage, { kind: K }>>;
};

const KINDS: { readonly [K in Kind]: Entry<K> } = {
  state: { number: 0x10, codec: stateCodec },
  exchange: { number: 0x11, codec: exchangeCodec },
  'exchange-ack': { number: 0x12, codec: exchangeAckCodec },
  'exchange-refused': { number: 0x13, codec: exchangeRefusedCodec },
  store: { number: 0x20, codec: storeCodec },
  'store-answer': { number: 0x21, codec: storeAnswerCodec },
  list: { number: 0x22, codec: listCodec },
  'list-answer': { number: 0x23, codec: listAnswerCodec },
  fetch: { number: 0x24, codec: fetchCodec },
  fetched: { number: 0x25, codec: fetchedCodec },
  delete: { number: 0x26, codec: deleteCodec },
  'delete-answer': { number: 0x27, codec: deleteAnswerCodec },
  mail: { number: 0x28, codec: mailCodec },
  fleet: { number: 0x29, codec: fleetCodec },
  deliver: { number: 0x30, codec: deliverCodec },
  'deliver-answer': { number: 0x31, codec: deliverAnswerCodec },
  receipts: { number: 0x32, codec: receiptsCodec },
  'receipts-confirmed': { number: 0x33, codec: receiptsConfirmedCodec },
};

const BY_NUMBER = new Map((Object.keys(KINDS) as Kind[]).map((kind) => [KINDS[kind].number, kind]));

/**
 * The kind and body that `sealMessage` takes.
 * @throws ErrInvalidArgument a field or a list is longer than its place
 */
export function encodeSessionMessage(message: SessionMessage): { kind: number; body: Uint8Array } {
  const w = new ByteWriter(`${message.kind} message`);
  // TypeScript cannot see that the codec at a message's kind takes that message.
  const { number, codec } = KINDS[message.kind] as Entry<Kind> as {
    number: number;
    codec: Codec<SessionMessage>;
  };
  codec.write(message, w);
  return { kind: number, body: w.done() };
}

/**
 * @returns undefined for a kind that version 1 does not have
 * @throws ErrMalformed
 */
export function decodeSessionMessage(kind: number, body: Uint8Array): SessionMessage | undefined {
  const name = BY_NUMBER.get(kind);
  if (name === undefined) return undefined;
  const r = new ByteReader(body, `${name} message`);
  const message = KINDS[name].codec.read(r);
  r.end();
  return message;
}
