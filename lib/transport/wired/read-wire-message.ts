import { toHex } from '../../bytes';
import { ToxAsyncError } from '../../errors';
import { readFriendKey } from '../../identity/friend-text';
import { PeerSet } from '../../peer-map';
import type { PublicKey } from '../../types';
import { checkMessageText, checkPacket } from '../outgoing';
import { WIRE_ABILITIES, type FromForeign } from './wire-messages';

type Fields = Readonly<Record<string, unknown>>;
type State = Extract<FromForeign, { topic: 'tox/state' }>;

/**
 * A message of a foreign transport, as anything may come over a wire. The packet is a copy.
 * @throws ErrInvalidArgument, ErrInvalidKey, ErrInvalidToxId, ErrMessageEmpty, ErrMessageTooLarge
 */
export function readWireMessage(msg: Fields): FromForeign {
  switch (msg.topic) {
    case 'tox/state':
      return readState(msg);
    case 'tox/status':
      return { topic: msg.topic, friend: keyIn(msg, 'friend'), online: flagIn(msg, 'payload') };
    case 'tox/packet':
      return { topic: msg.topic, friend: keyIn(msg, 'friend'), packet: packetIn(msg) };
    case 'tox/message':
      return {
        topic: msg.topic,
        friend: keyIn(msg, 'friend'),
        type: messageTypeIn(msg),
        text: messageIn(msg),
      };
    case 'tox/receipt':
      return {
        topic: msg.topic,
        messageId: textIn(msg, 'messageId'),
        confirmed: flagIn(msg, 'payload'),
      };
    case 'tox/busy':
      return { topic: msg.topic, friend: keyIn(msg, 'friend'), busy: flagIn(msg, 'payload') };
    case 'tox/request':
      return { topic: msg.topic, publicKey: keyIn(msg, 'friend'), text: textIn(msg, 'payload') };
    default:
      throw wrong(
        `A bridge does not accept the topic ${JSON.stringify(msg.topic)}. docs/WIRING.md lists those it accepts.`,
      );
  }
}

function readState(msg: Fields): State {
  const { friends, can = [] } = msg;
  if (!Array.isArray(friends)) throw wrong('tox/state: msg.friends must be a list of {friend, online}.');
  if (!Array.isArray(can)) throw wrong('tox/state: msg.can must be a list of topics.');
  const self = keyIn(msg, 'self');
  const seen = new PeerSet([self]);
  const listed = friends.map((entry: unknown) => {
    if (!isFields(entry)) throw wrong('tox/state: each entry of msg.friends must be {friend, online}.');
    const publicKey = keyIn(entry, 'friend');
    if (seen.size === seen.add(publicKey).size) {
      throw wrong(`tox/state: msg.friends lists ${short(publicKey)} twice, or as its own friend.`);
    }
    return { publicKey, online: flagIn(entry, 'online') };
  });
  return {
    topic: 'tox/state',
    session: msg.session === undefined ? '' : textIn(msg, 'session'),
    self,
    online: flagIn(msg, 'online'),
    friends: listed,
    can: WIRE_ABILITIES.filter((ability) => can.includes(ability)),
  };
}

function keyIn(fields: Fields, name: string): PublicKey {
  const value = fields[name];
  const key = typeof value === 'string' ? readFriendKey(value) : undefined;
  if (key) return key;
  throw wrong(`msg.${name} must be a public key of 64 digits or a Tox ID of 76.`, 'ErrInvalidKey');
}

function packetIn({ payload }: Fields): Uint8Array {
  if (!(payload instanceof Uint8Array)) throw wrong('tox/packet: msg.payload must be a Buffer.');
  const packet = Uint8Array.from(payload);
  checkPacket(packet);
  return packet;
}

function messageIn(msg: Fields): string {
  const text = textIn(msg, 'payload');
  checkMessageText(text);
  return text;
}

function messageTypeIn({ messageType = 'normal' }: Fields): 'normal' | 'action' {
  if (messageType === 'normal' || messageType === 'action') return messageType;
  throw wrong('tox/message: msg.messageType must be "normal" or "action".');
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw wrong(`msg.${name} must be text.`);
}

function flagIn(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value === 'boolean') return value;
  throw wrong(`msg.${name} must be true or false.`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

const short = (key: PublicKey): string => toHex(key).slice(0, 8);

function wrong(text: string, code: 'ErrInvalidArgument' | 'ErrInvalidKey' = 'ErrInvalidArgument') {
  return new ToxAsyncError(code, text);
}
