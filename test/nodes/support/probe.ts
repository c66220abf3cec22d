import assert from 'node:assert/strict';
import type { Node, NodeAPI, NodeDef } from 'node-red';

export interface SeenReceipt {
  readonly messageId: string;
  readonly friend: string;
  readonly friendName?: string;
  readonly state: string;
  readonly reason?: string;
  readonly via?: string;
  readonly nodes?: number;
  readonly wanted?: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly label?: string;
}

/** A message that reached a probe: the properties that the nodes give it, each where the node gives it one. */
export interface Seen {
  readonly _msgid: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly friend: string;
  readonly friendName: string;
  readonly receipt: SeenReceipt & readonly SeenReceipt[];
  readonly messageId: string;
  readonly messageType: string;
  readonly via: string;
  readonly redelivered?: boolean;
  readonly exchange: readonly { readonly friendName: string; readonly state: string }[];
  /** At a Catch node. */
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly source: { readonly id: string };
  };
  /** At a Status node. */
  readonly status: { readonly text?: string; readonly source: { readonly id: string } };
  readonly [property: string]: unknown;
}

/** Messages of a flow have whatever the nodes gave them. */
const seen = (msg: object) => msg as Seen;

interface Waiter {
  readonly probe: string;
  readonly matches: (msg: Seen) => boolean;
  readonly take: (msg: Seen) => void;
}

/** Records what reaches the `probe` nodes of a flow, also across redeploys. */
export class Recorder {
  readonly #seen = new Map<string, Seen[]>();
  readonly #waiters = new Set<Waiter>();

  /** The node type of the probes. */
  readonly module = (RED: NodeAPI): void => {
    const record = this.record.bind(this);
    RED.nodes.registerType('probe', function (this: Node, config: NodeDef) {
      RED.nodes.createNode(this, config);
      this.on('input', (msg, _send, done) => {
        record(this.id, seen(msg));
        done();
      });
    });
  };

  record(probe: string, msg: Seen): void {
    this.all(probe).push(msg);
    for (const waiter of [...this.#waiters]) {
      if (waiter.probe !== probe || !waiter.matches(msg)) continue;
      this.#waiters.delete(waiter);
      waiter.take(msg);
    }
  }

  /** Everything that reached a probe so far. */
  all(probe: string): Seen[] {
    const seen = this.#seen.get(probe) ?? [];
    this.#seen.set(probe, seen);
    return seen;
  }

  /** The first message at `probe` that matches, past or to come. */
  async wait(probe: string, matches: (msg: Seen) => boolean = () => true, ms = 8_000): Promise<Seen> {
    const past = this.all(probe).find(matches);
    if (past !== undefined) return past;
    return new Promise((resolve, reject) => {
      const late = () => {
        this.#waiters.delete(waiter);
        reject(
          new assert.AssertionError({
            message: `nothing that matches reached "${probe}"; it got ${JSON.stringify(this.all(probe))}`,
          }),
        );
      };
      const timer = setTimeout(late, ms);
      const take = (msg: Seen) => {
        clearTimeout(timer);
        resolve(msg);
      };
      const waiter: Waiter = { probe, matches, take };
      this.#waiters.add(waiter);
    });
  }

  /** Forgets what reached a probe so far. */
  clear(probe: string): void {
    this.#seen.delete(probe);
  }
}
