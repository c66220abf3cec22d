import { setTimeout as wait } from 'node:timers/promises';
import { sameBytes, toHex } from '../../../lib/bytes';
import type { AsyncManager } from '../../../lib/manager/async-manager';
import { Counter } from './counter';
import type { CountingTransport } from './counting-transport';

/** Milliseconds. */
const LOOK_MS = 10;
const ASK_AGAIN_MS = 500;

/** One identity, and what it has seen happen. */
export class Party {
  readonly key: Uint8Array;
  /** Messages that its handler took. */
  readonly taken = new Counter();
  /** Its messages that as many nodes as wanted confirmed. */
  readonly stored = new Counter();
  /** Its messages whose receipt came. */
  readonly delivered = new Counter();

  constructor(
    readonly manager: AsyncManager,
    readonly transport: CountingTransport,
  ) {
    this.key = manager.publicKey;
    manager.setMessageHandler(() => {
      this.taken.add();
      return 'done';
    });
    manager.events.on('outcome', ({ state, nodes, wanted, code = '' }) => {
      if (state === 'delivered') this.delivered.add();
      // It goes on; another reason to wait for is no ending.
      else if (state === 'queued') return;
      else if (state !== 'stored') this.#fail(new Error(`A message ended ${state} ${code}.`));
      else if (nodes === wanted) this.stored.add();
    });
  }

  /** Whether it has a session with the friend. */
  meets(friend: Party): boolean {
    return this.manager.friends().some((each) => each.session && sameBytes(each.publicKey, friend.key));
  }

  /** Resolves when the friend is gone for it. */
  async misses(friend: Party): Promise<void> {
    if (!this.meets(friend)) return;
    await new Promise<void>((resolve) => {
      const off = this.manager.events.on('friend-status', (change) => {
        // To ask about each friend whenever one of a hundred goes would cost more than what is measured.
        if (!sameBytes(change.friend, friend.key) || this.meets(friend)) return;
        off();
        resolve();
      });
    });
  }

  /** Resolves once there are so many of the friend's keys to seal to. Both are online. */
  async refill(friend: Party, keys: number): Promise<void> {
    const hex = toHex(friend.key);
    for (let waited = 0; ; waited += LOOK_MS) {
      if ((this.manager.getPreKeyStats().get(hex)?.sendable ?? 0) >= keys) return;
      // Not once and for all: the friend may not have heard yet how many are left.
      if (waited % ASK_AGAIN_MS === 0) await friend.manager.exchangeKeys(this.key);
      await wait(LOOK_MS);
    }
  }

  #fail(error: Error): void {
    this.stored.fail(error);
    this.delivered.fail(error);
  }
}
