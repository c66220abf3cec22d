/** Savedata put together by hand after toxcore's Messenger.c, apart from the code under test. */

export function section(type: number, data: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(data.length, 0);
  header.writeUInt32LE((0x01ce << 16) | type, 4);
  return Buffer.concat([header, data]);
}

export function savedata(...sections: Uint8Array[]): Uint8Array {
  const begin = Buffer.from([0, 0, 0, 0, 0x1f, 0x1b, 0xed, 0x15]);
  return new Uint8Array(Buffer.concat([begin, ...sections, section(255, new Uint8Array())]));
}

export const keys = (nospam: Uint8Array, publicKey: Uint8Array, secretKey: Uint8Array) =>
  section(1, Buffer.concat([nospam, publicKey, secretKey]));

export interface FriendFields {
  readonly status: number;
  readonly publicKey: Uint8Array;
  readonly request?: string;
  readonly name?: string | Uint8Array;
  readonly statusMessage?: string;
  readonly lastSeen?: number;
}

/** toxcore's Saved_Friend. */
export function friendRecord(friend: FriendFields): Buffer {
  const text = (value: string | Uint8Array, room: number) => {
    const bytes = Buffer.alloc(room);
    Buffer.from(value as string).copy(bytes);
    return bytes;
  };
  const uint16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
  const length = (value: string | Uint8Array = '') => uint16(Buffer.byteLength(value));
  const lastSeen = Buffer.alloc(8);
  lastSeen.writeBigUInt64BE(BigInt(friend.lastSeen ?? 0));
  return Buffer.concat([
    Buffer.from([friend.status]),
    friend.publicKey,
    text(friend.request ?? '', 1024),
    Buffer.alloc(1),
    length(friend.request),
    text(friend.name ?? '', 128),
    length(friend.name),
    text(friend.statusMessage ?? '', 1007),
    Buffer.alloc(1),
    length(friend.statusMessage),
    Buffer.from([0]),
    Buffer.alloc(3),
    Buffer.from([1, 2, 3, 4]),
    lastSeen,
  ]);
}
