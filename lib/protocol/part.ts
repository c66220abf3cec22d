import { MAX_MESSAGE_SIZE } from '../constants';
import { labelledHash } from '../crypto/labelled-hash';
import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import { ByteReader } from './byte-reader';
import { ByteWriter } from './byte-writer';
import { PLAIN_TYPE } from './envelope/message-types';

/**
 * The data of a message of type 4, one part of a payload too long for one envelope (docs/PROTOCOL.md, "Types"):
 * payload id 16 | part 1 | parts 1 | inner type 1 | data.
 */
export interface Part {
  /** 16 bytes, the same in all parts. */
  readonly payloadId: Uint8Array;
  /** From 0. */
  readonly part: number;
  /** 2..8. */
  readonly parts: number;
  /** What the joined data is: normal, action, binary or JSON. */
  readonly innerType: number;
  readonly data: Uint8Array;
}

const PAYLOAD_ID_BYTES = 16;
const PART_HEADER_BYTES = 19;
const MIN_PARTS = 2;
export const MAX_PARTS = 8;
/** Most data in one part, bytes. */
export const PART_DATA_BYTES = MAX_MESSAGE_SIZE - PART_HEADER_BYTES;

/** @throws ErrInvalidArgument, ErrMessageTooLarge more data than one envelope holds */
export function encodePart({ payloadId, part, parts, innerType, data }: Part): Uint8Array {
  const wrong = whatIsWrong(part, parts, innerType);
  if (wrong !== undefined) throw new ToxAsyncError('ErrInvalidArgument', `Cannot make this part: ${wrong}.`);
  if (data.length > PART_DATA_BYTES) {
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `A part holds ${PART_DATA_BYTES} bytes; split the data smaller.`,
    );
  }
  const w = new ByteWriter('part of a message').fixed(payloadId, PAYLOAD_ID_BYTES);
  return w.u8(part).u8(parts).u8(innerType).bytes(data).done();
}

/** @throws ErrMalformed */
export function decodePart(bytes: Uint8Array): Part {
  const r = new ByteReader(bytes, 'part of a message');
  const payloadId = r.bytes(PAYLOAD_ID_BYTES);
  const part = r.u8();
  const parts = r.u8();
  const innerType = r.u8();
  const wrong = whatIsWrong(part, parts, innerType);
  if (wrong !== undefined) throw r.bad(wrong);
  return { payloadId, part, parts, innerType, data: r.rest() };
}

/** The message id of part `n`: the message's own for part 0, H("part", that id, n) for the others. */
export function partMessageId(crypto: CryptoProvider, messageId: Uint8Array, n: number): Uint8Array {
  return n === 0 ? messageId : labelledHash(crypto, 'part', messageId, new Uint8Array([n]));
}

function whatIsWrong(part: number, parts: number, innerType: number): string | undefined {
  if (parts < MIN_PARTS || parts > MAX_PARTS) return `a message has ${MIN_PARTS} to ${MAX_PARTS} parts`;
  if (part >= parts) return `there is no part ${part} of ${parts}`;
  if (innerType > PLAIN_TYPE.json) return `a payload cannot have type ${innerType}`;
  return undefined;
}
