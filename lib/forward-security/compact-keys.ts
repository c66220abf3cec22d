import { bytesOfText, concat, readUint32, textOfBytes, writeUint32 } from '../bytes';
import { BOX_TAG_BYTES, KEY_BYTES } from '../crypto/lengths';
import { TAG_BYTES } from '../protocol/names';
import type { RecordForm } from '../store/record-form';
import { readSequence, SEQUENCE_BYTES, sequenceKey } from '../store/table';
import type { SlotRef } from '../store/vault/secret-vault';
import {
  BATCH_BYTES,
  batchKey,
  type HeldKey,
  type HeldKeyRecord,
  type IssuedKey,
  type IssuedKeyRecord,
  readBatchKey,
} from './key-records';

const WRAPPED_AT = KEY_BYTES + TAG_BYTES;

/**
 * Key, tag and wrap as one text of a character a byte: a session has thousands of keys in memory from its start on, and
 * an array for each part of each would take several times the room. Copies by `...` have none of the three.
 */
class CompactKey implements IssuedKeyRecord {
  readonly ref: SlotRef;
  readonly #parts: string;

  constructor(ref: SlotRef, parts: string) {
    this.ref = ref;
    this.#parts = parts;
  }

  get publicKey(): Uint8Array {
    return bytesOfText(this.#parts.slice(0, KEY_BYTES));
  }

  get tag(): Uint8Array {
    return bytesOfText(this.#parts.slice(KEY_BYTES, WRAPPED_AT));
  }

  get wrapped(): Uint8Array {
    return bytesOfText(this.#parts.slice(WRAPPED_AT));
  }

  static partsOf(key: IssuedKeyRecord): string {
    if (#parts in key) return key.#parts;
    return textOfBytes(concat(key.publicKey, key.tag, key.wrapped));
  }
}

/** A key of ours, for memory. */
export class CompactIssuedKey extends CompactKey implements IssuedKey {
  readonly peer: Uint8Array;
  readonly batch: number;
  readonly index: number;
  readonly order: number;

  constructor(record: IssuedKeyRecord, place: Pick<IssuedKey, 'peer' | 'batch' | 'index' | 'order'>) {
    super(record.ref, CompactKey.partsOf(record));
    this.peer = place.peer;
    this.batch = place.batch;
    this.index = place.index;
    this.order = place.order;
  }
}

class CompactHeldRecord extends CompactKey implements HeldKeyRecord {
  readonly batch: number;
  readonly index: number;
  readonly validUntil: number;

  constructor(ref: SlotRef, parts: string, rest: Pick<HeldKeyRecord, 'batch' | 'index' | 'validUntil'>) {
    super(ref, parts);
    this.batch = rest.batch;
    this.index = rest.index;
    this.validUntil = rest.validUntil;
  }
}

/** A key of a peer, for memory. */
export class CompactHeldKey extends CompactHeldRecord implements HeldKey {
  readonly peer: Uint8Array;
  readonly mailbox: Uint8Array;
  readonly sequence: number;

  constructor(record: HeldKeyRecord, place: Pick<HeldKey, 'peer' | 'mailbox' | 'sequence'>) {
    super(record.ref, CompactKey.partsOf(record), record);
    this.peer = place.peer;
    this.mailbox = place.mailbox;
    this.sequence = place.sequence;
  }
}

const REF_BYTES = 4 + SEQUENCE_BYTES;
const KEY_RECORD_BYTES = REF_BYTES + WRAPPED_AT + KEY_BYTES + BOX_TAG_BYTES;

/** slot 4 | serial 8 | key 32 | tag 16 | wrapped 48 */
export const issuedKeyForm: RecordForm<IssuedKeyRecord> = {
  encode: ({ ref, publicKey, tag, wrapped }) => concat(encodedRef(ref), publicKey, tag, wrapped),
  decode: (bytes) => new CompactKey(readRef(bytes), readParts(bytes)),
};

/** The same, and behind it batch 3 | index 1 | valid until 8. */
export const heldKeyForm: RecordForm<HeldKeyRecord> = {
  encode: (key) =>
    concat(
      issuedKeyForm.encode(key),
      batchKey(key.batch),
      Uint8Array.of(key.index),
      sequenceKey(key.validUntil),
    ),
  decode: (bytes) => {
    const rest = bytes.subarray(KEY_RECORD_BYTES);
    return new CompactHeldRecord(readRef(bytes), readParts(bytes), {
      batch: readBatchKey(rest),
      index: rest[BATCH_BYTES] ?? 0,
      validUntil: readSequence(rest.subarray(BATCH_BYTES + 1)),
    });
  },
};

function encodedRef({ slot, serial }: SlotRef): Uint8Array {
  const bytes = new Uint8Array(REF_BYTES);
  writeUint32(bytes, 0, slot);
  bytes.set(sequenceKey(serial), 4);
  return bytes;
}

function readRef(bytes: Uint8Array): SlotRef {
  return { slot: readUint32(bytes, 0), serial: readSequence(bytes.subarray(4, REF_BYTES)) };
}

function readParts(bytes: Uint8Array): string {
  return textOfBytes(bytes.subarray(REF_BYTES, KEY_RECORD_BYTES));
}
