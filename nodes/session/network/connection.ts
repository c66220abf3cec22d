import type { FriendTransport, PublicKey } from '../../../lib/index';
import type { BufferedEvents } from './buffered-events';

/** What comes from a network, apart from who is online. */
export type NetworkEvent =
  /** An ordinary message of a friend. */
  | {
      readonly what: 'message';
      readonly friend: PublicKey;
      readonly type: 'normal' | 'action';
      readonly text: string;
    }
  /** Somebody asks to be a friend, and the session leaves it to the flow; see RequestLimit for `leftOut`. */
  | {
      readonly what: 'request';
      readonly friend: PublicKey;
      readonly text: string;
      readonly leftOut: number;
    }
  | { readonly what: 'trouble'; readonly error: Error };

/** What has a session's place for a transport. */
export interface Attachment {
  /** Takes the transport from the session and leaves the network. */
  close(): Promise<void>;
}

/** A session's connection to a network, which outlives the node instance that made it. */
export interface Connection extends Attachment {
  /** Whether it is meant to be online. */
  readonly wanted: boolean;
  /** Goes online, and is online again after a restart. Durable when it resolves. */
  connect(): Promise<void>;
  /** Goes offline, and stays so after a restart. Durable when it resolves. */
  disconnect(): Promise<void>;
  /** Online again if it is meant to be and is not: after `connect` failed. */
  resume(): Promise<void>;
  /** Kept while the node is being replaced. */
  readonly events: BufferedEvents<NetworkEvent>;
  /**
   * Sends an ordinary message; resolves when the friend's client confirmed it.
   * @throws ErrNotConnected, ErrMessageEmpty, ErrMessageTooLarge
   */
  send(friend: PublicKey, type: 'normal' | 'action', text: string): Promise<void>;
  /** Where friends are made; undefined on a virtual network, where all are friends of all. */
  readonly tox: FriendTransport | undefined;
}
