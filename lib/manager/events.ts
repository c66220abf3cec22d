import type { Outcome } from '../client/messages';
import type { PublicKey } from '../types';

/** All events of an AsyncManager; their names are stable. */
export type AsyncManagerEvents = {
  /** A later outcome of a message we sent. */
  outcome: Outcome;
  /** The friend accepted keys from us, or we accepted keys from them. */
  'keys-exchanged': { friend: PublicKey; sendable: number; issued: number };
  /** Our stock of the friend's keys fell below the threshold. */
  'keys-low': { friend: PublicKey; sendable: number };
  /** No key is left to seal a message to this friend. */
  'keys-exhausted': { friend: PublicKey };
  /** The friend refused our keys, or we theirs; `code` is a word of docs/PROTOCOL.md. */
  'keys-refused': { friend: PublicKey; code: string };
  /** The friend no longer has keys that messages were sealed to; they are sealed again. */
  'keys-dead': { friend: PublicKey };
  /** A message from this friend cannot be read; the friend has been informed. */
  'message-malformed': { friend: PublicKey; messageId: Uint8Array };
  /** Dead keys show that another copy of this identity is running. */
  'identity-in-use-elsewhere': { friend: PublicKey };
  /** The friend has keys of this identity that this data directory, which is new to them, never had: a restore. */
  'identity-restored': { friend: PublicKey };
  /** The secret of an inbox entry is lost; its sender believes it was delivered. */
  'message-lost': { friend: PublicKey; messageId: Uint8Array };
  /** The friend polls an open storage node that is not our friend: mail stored there would reach them. */
  'node-suggested': { friend: PublicKey; node: PublicKey; toxId: string };
  /** Mail waits here for a friend without a session, to wake them by other means; at most once in 10 minutes a friend. */
  'mail-waiting': { friend: PublicKey; waiting: number };
  /** An ordinary Tox message, as it arrived; it also goes to the inbox. */
  'tox-message': { friend: PublicKey; type: 'normal' | 'action'; text: string };
  'friend-status': { friend: PublicKey; online: boolean };
  /** A transport was attached, came online or went offline. */
  'transport-status': { attached: boolean; online: boolean };
  'friends-changed': undefined;
  /** Counts for a status badge may have changed (queue, inbox, keys, nodes). */
  changed: undefined;
};

/**
 * What fills the text of a finding. `count` decides between one and many, and `context` between forms of the text; both
 * mean the same in a catalog of Node-RED.
 */
export type FindingParams = Readonly<Record<string, string | number>>;

/** Plain-language answer to "why would an alert to this friend not go out now, or would it?" */
export interface Finding {
  readonly friend?: PublicKey;
  readonly level: 'ok' | 'info' | 'warning' | 'error';
  /** Stable kebab-case word. */
  readonly code: string;
  /** In English, in whole sentences, with what to do. */
  readonly text: string;
  /** What fills `text`, for words in another language: names, numbers and codes. */
  readonly params: FindingParams;
}
