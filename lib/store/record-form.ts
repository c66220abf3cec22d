import { decode, Decoder, encode, Encoder, ExtensionCodec } from '@msgpack/msgpack';
import { copyOf } from '../bytes';

/** How the records of a table are written down; each also has a CRC. */
export interface RecordForm<T> {
  /** Valid until the next call. */
  encode(record: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** Bytes as they are, for a record that is nothing else. */
export const bareBytes: RecordForm<Uint8Array> = { encode: (bytes) => bytes, decode: (bytes) => bytes };

/** A flow may keep any JSON with a message, and MessagePack's decoder takes no object with this name in it. */
const REFUSED_NAME = '__proto__';

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: 0,
  encode: (value) =>
    Object.hasOwn(value as object, REFUSED_NAME) ? encode(Object.entries(value as object), OPTIONS) : null,
  decode: (bytes) => Object.fromEntries(decode(bytes, OPTIONS) as [string, unknown][]),
});

/** As in JSON, an object leaves out what is undefined; a flow's JSON may be deep. */
const OPTIONS = { extensionCodec, ignoreUndefined: true, maxDepth: 1000 };
const encoder = new Encoder(OPTIONS);
const decoder = new Decoder(OPTIONS);

/** MessagePack: texts, numbers, bytes, and lists and objects of them. */
export const packed: RecordForm<object> = {
  encode: (record) => encoder.encodeSharedRef(record),
  // Bytes in a record are parts of what is decoded, which is the store's.
  decode: (bytes) => decoder.decode(copyOf(bytes)) as object,
};
