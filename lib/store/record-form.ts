import { Decoder, Encoder } from '@msgpack/msgpack';
import { copyOf } from '../bytes';

/** How the records of a table are written down; each also has a CRC. */
export interface RecordForm<T> {
  /** Valid until the next call. */
  encode(record: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** Bytes as they are, for a record that is nothing else. */
export const bareBytes: RecordForm<Uint8Array> = { encode: (bytes) => bytes, decode: (bytes) => bytes };

const encoder = new Encoder({ ignoreUndefined: true });
const decoder = new Decoder();

/** MessagePack of what we write ourselves: texts, numbers, bytes, and lists and objects of them. */
export const packed: RecordForm<object> = {
  encode: (record) => encoder.encodeSharedRef(record),
  // Bytes in a record are parts of what is decoded, which is the store's.
  decode: (bytes) => decoder.decode(copyOf(bytes)) as object,
};
