/**
 * One friend in Tox savedata: toxcore's Saved_Friend with its padding, 2216 bytes (Messenger.c). Its lengths are
 * big-endian.
 */
import { copyOf, readUtf8 } from '../bytes';
import { KEY_BYTES } from '../crypto/lengths';
import type { PublicKey } from '../types';

export const FRIEND_BYTES = 2216;
/** Longest name of a Tox user, bytes of UTF-8. */
export const MAX_NAME_BYTES = 128;

/** Offsets: status 0, key 1, request 33, its length 1058, name 1060, its length 1188; then what we only keep. */
const KEY = 1;
const NAME = 1060;
const NAME_LENGTH = 1188;
/** Status of a friend to whom no friend request need be sent (any more). */
const CONFIRMED = 3;

export interface ProfileFriend {
  readonly publicKey: PublicKey;
  /** The name in the record, whatever is in it; absent when there is none, or none in UTF-8. */
  readonly name?: string;
  /** The record has a name that is not in UTF-8. */
  readonly garbledName?: true;
  /** The whole record, for all that this project does not use. */
  readonly record: Uint8Array;
}

/** undefined for an unused record. `record` has FRIEND_BYTES. */
export function readFriend(record: Uint8Array): ProfileFriend | undefined {
  if (record[0] === 0) return undefined;
  const length = Math.min(viewOf(record).getUint16(NAME_LENGTH), MAX_NAME_BYTES);
  const name = readCutUtf8(record.subarray(NAME, NAME + length));
  return {
    publicKey: record.slice(KEY, KEY + KEY_BYTES),
    ...(name === undefined ? { garbledName: true as const } : name === '' ? {} : { name }),
    record: copyOf(record),
  };
}

/** UTF-8 whose last character may be cut off, as by a client that cuts names at 128 bytes. */
function readCutUtf8(bytes: Uint8Array): string | undefined {
  for (let cut = 0; cut <= Math.min(3, bytes.length); cut++) {
    const text = readUtf8(bytes.subarray(0, bytes.length - cut));
    if (text !== undefined) return text === '' && cut > 0 ? undefined : text;
  }
  return undefined;
}

/** A friend's record with our name for it; `known` is what the profile says of it so far. */
export function makeFriend(
  publicKey: PublicKey,
  name: string | undefined,
  known?: ProfileFriend,
): ProfileFriend {
  if (known && (name === undefined || name === known.name)) return known;
  const record = known ? copyOf(known.record) : new Uint8Array(FRIEND_BYTES);
  if (!known) {
    record[0] = CONFIRMED;
    record.set(publicKey, KEY);
  }
  const bytes = cutName(name ?? '');
  record.fill(0, NAME, NAME + MAX_NAME_BYTES);
  record.set(bytes, NAME);
  viewOf(record).setUint16(NAME_LENGTH, bytes.length);
  return { publicKey: copyOf(publicKey), ...(name === undefined ? {} : { name }), record };
}

/** A name's UTF-8, cut at a whole character to what fits. */
function cutName(name: string): Uint8Array {
  const room = new Uint8Array(MAX_NAME_BYTES);
  return room.subarray(0, new TextEncoder().encodeInto(name, room).written);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
