import { systemPlatform, type Timer, type Timers } from '../../lib/index';
import { guarded } from './handlers/guard';
import { errorCode } from './node-error';
import type { FlowNode } from './runtime';

export type Fill = 'red' | 'green' | 'yellow' | 'blue' | 'grey';

/** A small coloured mark and a few words under a node. */
export interface Badge {
  readonly fill: Fill;
  readonly shape: 'dot' | 'ring';
  readonly text: string;
}

/** Characters that a text has fewer of. */
const LONGEST = 20;

/**
 * The texts, under 20 characters each. Only an error's code may be longer: it is shown whole, because it is what
 * one looks up.
 */
export const badges = {
  connecting: { fill: 'yellow', shape: 'ring', text: 'connecting' },
  offline: { fill: 'grey', shape: 'ring', text: 'offline' },
  noTransport: { fill: 'yellow', shape: 'ring', text: 'no transport' },
  online: (online: number, friends: number): Badge => ({
    fill: 'green',
    shape: 'dot',
    text: `online ${online}/${friends}`,
  }),
  /** What still waits in the outbox, and what storage nodes keep; the former counts when both are too long to show. */
  unfinished: (queued: number, stored: number): Badge => {
    const texts = [queued > 0 && `${queued} queued`, stored > 0 && `${stored} stored`].filter(
      (text) => text !== false,
    );
    const both = texts.join(', ');
    return { fill: 'blue', shape: 'dot', text: both.length < LONGEST ? both : (texts[0] ?? '') };
  },
  waiting: (count: number): Badge => ({ fill: 'blue', shape: 'ring', text: `${count} waiting` }),
  keys: (count: number): Badge => ({
    fill: count > 0 ? 'green' : 'yellow',
    shape: count > 0 ? 'dot' : 'ring',
    text: `${count} keys`,
  }),
  error: (error: Error): Badge => ({ fill: 'red', shape: 'ring', text: `error: ${errorCode(error)}` }),
} as const;

/** Shortest time between two statuses of a node, milliseconds. */
const INTERVAL = 1_000;

/** Shows a badge. The runtime hears of it only when the text changes, and at most once a second; the last one counts. */
export class StatusBadge {
  readonly #node: Pick<FlowNode, 'status'>;
  readonly #timers: Timers;
  #wanted: Badge | undefined;
  #shown = '';
  #pause: Timer | undefined;

  constructor(node: Pick<FlowNode, 'status'>, timers: Timers = systemPlatform.timers) {
    this.#node = node;
    this.#timers = timers;
  }

  /** undefined: nothing to say. */
  show(badge: Badge | undefined): void {
    this.#wanted = badge;
    if (this.#pause === undefined) this.#tell();
  }

  /** The node closes: what waits is no longer shown. */
  end(): void {
    this.#wanted = undefined;
    this.#pause?.cancel();
  }

  #tell(): void {
    const text = this.#wanted?.text ?? '';
    if (text === this.#shown) return;
    this.#shown = text;
    guarded(() => this.#node.status(this.#wanted ?? {}));
    this.#pause = this.#timers.after(INTERVAL, () => {
      this.#pause = undefined;
      this.#tell();
    });
  }
}
