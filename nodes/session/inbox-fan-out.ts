import { setImmediate } from 'node:timers/promises';
import { ByteMap, type MessageHead, type PublicKey, type ReceivedMessage } from '../../lib/index';
import type { InboxManager } from './session-manager';

/** A receive-async node. */
export interface InboxSubscriber {
  readonly id: string;
  accepts(message: MessageHead): boolean;
  /**
   * Passes the message on, at once; resolves in the runtime's next turn. 'later': the node will acknowledge it; 'dropped':
   * nodes behind it were no longer there when the runtime passed it on.
   */
  deliver(message: ReceivedMessage): Promise<'done' | 'later' | 'dropped'>;
}

/** A message that some nodes have got and not acknowledged. */
interface Open {
  readonly messageId: Uint8Array;
  readonly head: MessageHead;
  /** Ids of those nodes, also while they are away for a redeploy. */
  readonly owing: Set<string>;
  /** Those among them that shall get it once more. */
  readonly again: Set<string>;
}

/**
 * Gives each message of a session to every receive-async node whose filter accepts it. The session's entry is done
 * when all that got it are done; the word of a removed node no longer counts.
 */
export class InboxFanOut {
  readonly #onError: (error: unknown) => void;
  readonly #subscribers = new Map<string, InboxSubscriber>();
  /** By sender and id: an id names a message only together with its sender. */
  readonly #open = new ByteMap<Open>();
  /** Sender and id -> whether it had been handed over before: taken from the session just as the last node left. */
  readonly #unclaimed = new ByteMap<boolean>();
  #manager: InboxManager | undefined;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  attach(manager: InboxManager): void {
    this.#manager = manager;
    this.refresh();
  }

  /** A node is there, for the first time or again: what it owes comes once more. */
  register(subscriber: InboxSubscriber): void {
    this.#subscribers.set(subscriber.id, subscriber);
    for (const open of this.#open.values()) {
      if (open.owing.has(subscriber.id) && !subscriber.accepts(open.head)) this.#settle(open, subscriber.id);
    }
    this.refresh();
    const owes = [...this.#open.values()].some(({ again }) => again.has(subscriber.id));
    if (owes || this.#unclaimed.size > 0) this.#offerAgain();
  }

  /** A node closes: for good (`removed`), or for a redeploy. */
  unregister(node: string, removed: boolean): void {
    this.#subscribers.delete(node);
    this.refresh();
    if (removed) this.#forget(node);
    else this.#markAgain(node);
  }

  /** Nodes that did not come back from a redeploy count as removed. */
  prune(): void {
    const away = new Set<string>();
    for (const { owing } of this.#open.values()) {
      for (const node of owing) if (!this.#subscribers.has(node)) away.add(node);
    }
    for (const node of away) this.#forget(node);
  }

  /** Offers what waits to the nodes that are there; their filters may have changed their minds. */
  refresh(): void {
    const wanted = (message: MessageHead) =>
      [...this.#subscribers.values()].some((each) => each.accepts(message));
    if (this.#subscribers.size === 0) this.#manager?.setMessageHandler(undefined);
    else this.#manager?.setMessageHandler((message) => this.#hand(message), wanted);
  }

  /** The node has finished a message. One that nobody waits for any more is no error: acknowledging twice is fine. */
  async acknowledge(node: string, sender: PublicKey, messageId: Uint8Array): Promise<void> {
    const key = keyOf(sender, messageId);
    const open = this.#open.get(key);
    open?.owing.delete(node);
    if (open !== undefined && open.owing.size > 0) return;
    try {
      await this.#manager?.acknowledge(sender, messageId);
      this.#open.delete(key);
    } catch (error) {
      open?.owing.add(node);
      throw error;
    }
  }

  /** Gives the node once more what it has not acknowledged. */
  async again(node: string): Promise<void> {
    this.#markAgain(node);
    await this.#manager?.retrieve({ again: true });
  }

  async #hand(message: ReceivedMessage): Promise<'done' | 'later'> {
    const { messageId, sender, via, label } = message;
    const key = keyOf(sender, messageId);
    const open = this.#open.get(key);
    const targets = [...this.#subscribers.values()].filter((each) =>
      open === undefined ? each.accepts(message) : open.again.has(each.id),
    );
    if (open === undefined && targets.length === 0) {
      this.#unclaimed.set(key, message.redelivered);
      return 'later';
    }
    const redelivered = open !== undefined || (this.#unclaimed.get(key) ?? message.redelivered);
    this.#unclaimed.delete(key);
    const { owing, again } = open ?? { owing: new Set<string>(), again: new Set<string>() };
    this.#open.set(key, { messageId, head: { sender, via, label }, owing, again });
    const deliveries = targets.map((each) => {
      again.delete(each.id);
      owing.add(each.id);
      return each.deliver({ ...message, redelivered });
    });
    for (const [index, result] of (await Promise.all(deliveries)).entries()) {
      const each = targets[index];
      if (each === undefined || result === 'later') continue;
      // A redeploy took the flow behind the node with it: its next instance gets the message once more.
      if (result === 'dropped' && this.#subscribers.get(each.id) !== each) continue;
      owing.delete(each.id);
      again.delete(each.id);
    }
    if (owing.size === 0) {
      this.#open.delete(key);
      return 'done';
    }
    // A node that is back already asked for what it owes before this message was owed.
    if ([...again].some((node) => this.#subscribers.has(node)))
      void setImmediate().then(() => this.#offerAgain());
    return 'later';
  }

  #markAgain(node: string): void {
    for (const { owing, again } of this.#open.values()) if (owing.has(node)) again.add(node);
  }

  #forget(node: string): void {
    for (const open of this.#open.values()) if (open.owing.has(node)) this.#settle(open, node);
  }

  #settle({ head, messageId }: Open, node: string): void {
    this.acknowledge(node, head.sender, messageId).catch(this.#onError);
  }

  #offerAgain(): void {
    this.#manager?.retrieve({ again: true }).catch(this.#onError);
  }
}

/** Both are 32 bytes long. */
function keyOf(sender: PublicKey, messageId: Uint8Array): Uint8Array {
  return Buffer.concat([sender, messageId]);
}
