import type { AsyncManager, FriendTransport, Logger, Transport } from '../lib/index';
import type { NetworkSettings } from './options/network-settings';

/** What a command writes to. */
export interface Output {
  readonly isTTY?: boolean;
  /** @param done hears when it is written, or why it cannot be */
  write(text: string, done: (error?: Error | null) => void): unknown;
}

/** Where a command gets bytes from. */
export interface Input extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
}

/** Everything that a command takes from outside. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when the user, or the system, wants the command to end. */
  readonly signal: AbortSignal;
  /** Asks a person at a terminal, without showing what they type; undefined where there is none. */
  readonly askSecret?: (question: string) => Promise<string>;
  /** The network of a session, not started. */
  readonly connect: (
    manager: AsyncManager,
    settings: NetworkSettings,
    log: Logger,
  ) => Promise<Transport | FriendTransport>;
}
