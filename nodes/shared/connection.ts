/** An ordinary message of a friend, as it came from the network. */
export interface PlainMessage {
  readonly friend: Uint8Array;
  readonly type: 'normal' | 'action';
  readonly text: string;
}

/** A session's connection to a network, which outlives the node instance that made it. */
export interface Connection {
  /** Whether it is meant to be online. */
  readonly wanted: boolean;
  /** Goes online, and is online again after a restart. Durable when it resolves. */
  connect(): Promise<void>;
  /** Goes offline, and stays so after a restart. Durable when it resolves. */
  disconnect(): Promise<void>;
  /** Who hears ordinary messages now; undefined while the node is being replaced. */
  onMessage: ((message: PlainMessage) => void) | undefined;
  /** Takes the transport from the session and leaves the network. */
  close(): Promise<void>;
}
