import { join, publicOf, toHex, uint } from '../../../test/lib/vectors/support/reference/bytes';
import { seal, type Changes, type Message } from '../../../test/lib/vectors/support/reference/envelope';
import type { RejectVector } from '../../../test/lib/vectors/support/vector-files';
import { BAD_POINTS, digest, P, R, S } from '../cast';
import { rejectedContent } from './reject-content';

const text = (value: string) => new TextEncoder().encode(value);

/** An envelope from S to R's key P, with one thing changed. */
export function rejectedEnvelopes(): RejectVector[] {
  const stranger = digest('a stranger');
  const message: Message = {
    messageId: digest('message id'),
    timestamp: 1_764_000_000,
    lifetime: 604_800,
    type: 0,
    data: text('leak'),
  };
  const keys = {
    senderSecret: S.secret,
    recipientPublic: R.public,
    preKeySecret: P.secret,
    keySecret: digest('key secret'),
    ephemeralSecret: digest('ephemeral'),
  };
  const good = seal(keys, message);
  const made = (change: Changes, other: Partial<Message> = {}) =>
    seal(keys, { ...message, ...other }, change);
  const plain = (type: number, length: number, data: Uint8Array) =>
    join(uint(type, 1), uint(length, 2), data);
  const cases: [code: string, why: string, envelope: Uint8Array][] = [
    ['bad-request', 'no byte at all', new Uint8Array(0)],
    ['bad-request', 'one byte short', good.slice(0, -1)],
    ['bad-request', 'one byte long', join(good, new Uint8Array(1))],
    ['bad-request', 'a length between two sizes', made({ bucket: 129 })],
    ['bad-request', 'version 0', made({ version: 0 })],
    ['bad-request', 'version 2', made({ version: 2 })],
    ['not-yours', 'the mailbox of somebody else', made({ mailbox: digest('mailbox') })],
    [
      'not-yours',
      'the mailbox of somebody else comes before the tag',
      made({ mailbox: R.public, tag: tag() }),
    ],
    ['unknown-tag', 'the tag of no key', made({ tag: tag() })],
    [
      'unknown-tag',
      'the tag comes before the ephemeral key',
      made({ tag: tag(), ephemeral: new Uint8Array(32) }),
    ],
    ...BAD_POINTS.map(([why, ephemeral]): [string, string, Uint8Array] => [
      'bad-request',
      `ephemeral key: ${why}`,
      made({ ephemeral }),
    ]),
    ['bad-request', "ephemeral key: the recipient's identity", made({ ephemeral: R.public })],
    ['bad-request', 'ephemeral key: the one-time key itself', made({ ephemeral: P.public })],
    ['forged', 'made by a friend of another name for this key', made({ namedSender: publicOf(stranger) })],
    ['forged', 'inner box of somebody else', made({ innerSecret: stranger })],
    ['forged', 'last bit of the outer box changed', flipLast(good)],
    ['forged', 'made without the secret of the key', made({ outerKey: 'box' })],
    ['forged', 'made with the secret of another key', made({ outerKey: digest('another secret') })],
    ['forged', 'padding is not zero', made({ padding: join(new Uint8Array(120), uint(1, 1)) })],
    ['forged', 'a bucket larger than needed', made({ bucket: 384 })],
    ['forged', 'inner length below a tag', made({ innerLength: 15 })],
    ['forged', 'inner length beyond the bucket', made({ innerLength: 0xffff })],
    ['malformed', 'plaintext of two bytes', made({ plain: uint(0, 2) })],
    ['malformed', 'length field one too large', made({ plain: plain(0, 5, text('leak')) })],
    ['malformed', 'length field one too small', made({ plain: plain(0, 3, text('leak')) })],
    ['malformed', 'length field wrong and type unknown', made({ plain: plain(200, 5, text('leak')) })],
    ['malformed', 'text that is not UTF-8', made({}, { data: new Uint8Array([0xc3, 0x28]) })],
    ['malformed', 'action that is not UTF-8', made({}, { type: 1, data: new Uint8Array([0xff]) })],
    ['malformed', 'lifetime 0', made({}, { lifetime: 0 })],
    ['malformed', 'lifetime of 14 days and a second', made({}, { lifetime: 1_209_601 })],
    ['unsupported', 'a type of a later version', made({}, { type: 5 })],
    ['unsupported', 'the highest type', made({}, { type: 255 })],
    ...rejectedContent().map(([code, why, type, data]): [string, string, Uint8Array] => [
      code,
      why,
      made({}, { type, data }),
    ]),
  ];
  const { senderSecret, recipientPublic, preKeySecret, keySecret } = keys;
  return cases.map(([code, why, envelope]) => ({
    why: `envelope: ${why}`,
    code,
    senderSecret: toHex(senderSecret),
    recipientPublic: toHex(recipientPublic),
    preKeySecret: toHex(preKeySecret),
    keySecret: toHex(keySecret),
    envelope: toHex(envelope),
  }));
}

function tag(): Uint8Array {
  return digest('a tag').slice(0, 16);
}

function flipLast(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));
}
