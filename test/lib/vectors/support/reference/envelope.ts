import nacl from 'tweetnacl';
import { H, isAcceptable, join, publicOf, readUint, same, sha256, uint, X } from './bytes';
import { judgeData } from './content';

const BUCKETS = [128, 384, 1152, 1375];
const MAX_LIFETIME = 1_209_600;

export interface Message {
  messageId: Uint8Array;
  timestamp: number;
  lifetime: number;
  type: number;
  data: Uint8Array;
}

export interface Keys {
  senderSecret: Uint8Array;
  recipientPublic: Uint8Array;
  preKeySecret: Uint8Array;
  /** q */
  keySecret: Uint8Array;
}

/** Parts that an honest sender makes otherwise. */
export interface Changes {
  version?: number;
  mailbox?: Uint8Array;
  tag?: Uint8Array;
  /** What the header names in place of the public half of the ephemeral key. */
  ephemeral?: Uint8Array;
  /** Who makes the inner box. */
  innerSecret?: Uint8Array;
  /** Whom the nonces name as sender. */
  namedSender?: Uint8Array;
  plain?: Uint8Array;
  innerLength?: number;
  bucket?: number;
  padding?: Uint8Array;
  fields?: Uint8Array;
  /** Another q; 'box': the key that NaCl's box would have. */
  outerKey?: Uint8Array | 'box';
}

const tagOf = (preKey: Uint8Array) => H('prekey-tag', preKey).slice(0, 16);

export const storageIdOf = (envelope: Uint8Array) => sha256(envelope).slice(0, 16);

export function seal(
  keys: Keys & { ephemeralSecret: Uint8Array },
  message: Message,
  change: Changes = {},
): Uint8Array {
  const { senderSecret, recipientPublic, preKeySecret, keySecret, ephemeralSecret } = keys;
  const { messageId, timestamp, lifetime, type, data } = message;
  const P = publicOf(preKeySecret);
  const E = change.ephemeral ?? publicOf(ephemeralSecret);
  const header = join(
    uint(change.version ?? 1, 1),
    change.mailbox ?? H('mailbox', recipientPublic),
    change.tag ?? tagOf(P),
    E,
  );
  const F = change.fields ?? join(messageId, uint(timestamp, 8), uint(lifetime, 4));
  const plain = change.plain ?? join(uint(type, 1), uint(data.length, 2), data);
  const N = H('outer-nonce', header, change.namedSender ?? publicOf(senderSecret), recipientPublic, P);
  const innerNonce = H('inner-nonce', N, F).slice(0, 24);
  const inner = nacl.box(plain, innerNonce, P, change.innerSecret ?? senderSecret);
  const bucket = change.bucket ?? BUCKETS.find((size) => plain.length <= size) ?? plain.length;
  const padding = change.padding ?? new Uint8Array(bucket - plain.length);
  const content = join(F, uint(change.innerLength ?? inner.length, 2), inner, padding);
  // What the opener computes: an ephemeral of low order would make this a key that everybody knows.
  const key =
    change.outerKey === 'box'
      ? nacl.box.before(E, preKeySecret)
      : H('outer-key', X(preKeySecret, E), change.outerKey ?? keySecret);
  return join(header, nacl.secretbox(content, N.slice(0, 24), key));
}

export type Opened = { code: 'ok'; message: Message } | { code: string };

/** The checks in their order. */
export function open(
  { senderSecret, recipientPublic, preKeySecret, keySecret }: Keys,
  envelope: Uint8Array,
): Opened {
  if (!BUCKETS.some((size) => envelope.length === size + 159) || envelope[0] !== 1)
    return { code: 'bad-request' };
  const P = publicOf(preKeySecret);
  const [header, outer] = [envelope.slice(0, 81), envelope.slice(81)];
  if (!same(header.slice(1, 33), H('mailbox', recipientPublic))) return { code: 'not-yours' };
  if (!same(header.slice(33, 49), tagOf(P))) return { code: 'unknown-tag' };
  const E = header.slice(49);
  if (!isAcceptable(E, recipientPublic, P)) return { code: 'bad-request' };
  const S = publicOf(senderSecret);
  const N = H('outer-nonce', header, S, recipientPublic, P);
  const content = nacl.secretbox.open(outer, N.slice(0, 24), H('outer-key', X(preKeySecret, E), keySecret));
  if (!content) return { code: 'forged' };
  const F = content.slice(0, 44);
  const length = readUint(content, 44, 2);
  const room = content.slice(46);
  const bucket = BUCKETS.find((size) => length - 16 <= size);
  if (length < 16 || length > room.length || bucket !== room.length - 16) return { code: 'forged' };
  if (room.slice(length).some((byte) => byte !== 0)) return { code: 'forged' };
  const plain = nacl.box.open(room.slice(0, length), H('inner-nonce', N, F).slice(0, 24), S, preKeySecret);
  if (!plain) return { code: 'forged' };
  return judge(F, plain);
}

function judge(F: Uint8Array, plain: Uint8Array): Opened {
  const lifetime = readUint(F, 40, 4);
  const data = plain.slice(3);
  const type = plain[0];
  if (type === undefined || plain.length < 3 || readUint(plain, 1, 2) !== data.length)
    return { code: 'malformed' };
  if (lifetime < 1 || lifetime > MAX_LIFETIME) return { code: 'malformed' };
  const verdict = judgeData(type, data);
  if (verdict !== 'ok') return { code: verdict };
  const timestamp = readUint(F, 32, 8);
  return { code: 'ok', message: { messageId: F.slice(0, 32), timestamp, lifetime, type, data } };
}
