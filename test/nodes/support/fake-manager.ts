import {
  Emitter,
  type AsyncManagerEvents,
  type MessageFilter,
  type MessageHandler,
  type ReceivedHead,
  type ReceivedMessage,
} from '../../../lib/index';
import type { SessionManager } from '../../../nodes/session/session-manager';

/** What the session registry and the fan-out use of an AsyncManager, without keys, disk and network. */
export class FakeManager implements SessionManager {
  readonly problem = undefined;
  readonly events = new Emitter<AsyncManagerEvents>((error) => {
    throw error;
  });
  readonly publicKey: Uint8Array;
  readonly calls: string[] = [];
  readonly acknowledged: string[] = [];
  #handler: MessageHandler | undefined;
  #filter: MessageFilter = () => true;

  constructor(seed = 1) {
    this.publicKey = new Uint8Array(32).fill(seed);
  }

  async start(): Promise<void> {
    this.calls.push('start');
  }

  async stop(): Promise<void> {
    this.calls.push('stop');
  }

  async addFriend(): Promise<void> {
    this.calls.push('addFriend');
  }

  async removeFriend(): Promise<void> {
    this.calls.push('removeFriend');
  }

  preference(): unknown {
    return undefined;
  }

  async savePreference(): Promise<void> {
    this.calls.push('savePreference');
  }

  setMessageHandler(handler: MessageHandler | undefined, filter: MessageFilter = () => true): void {
    this.#handler = handler;
    this.#filter = filter;
  }

  async acknowledge(friend: Uint8Array, messageId: Uint8Array): Promise<boolean> {
    this.acknowledged.push(Buffer.concat([friend, messageId]).toString('hex'));
    return true;
  }

  async retrieve({ again = false } = {}): Promise<void> {
    this.calls.push(again ? 'retrieve again' : 'retrieve');
  }

  wants(message: ReceivedMessage): boolean {
    return this.#handler !== undefined && this.#filter(message);
  }

  /** Hands a message over, as the core does when the filter has said yes. */
  async hand(message: ReceivedMessage): Promise<'done' | 'later'> {
    return (await this.#handler?.(message)) ?? 'done';
  }
}

export function received(id: number, more: Partial<ReceivedHead> = {}): ReceivedMessage {
  return {
    messageId: new Uint8Array(32).fill(id),
    sender: new Uint8Array(32).fill(200),
    kind: 'text',
    content: `message ${id}`,
    label: undefined,
    sentAt: 1,
    receivedAt: 2,
    via: 'stored',
    redelivered: false,
    ...more,
  };
}
