import { systemPlatform, type Timer, type Timers } from '../../lib/index';
import { guarded } from './handlers/guard';
import { errorCode } from './node-error';
import type { FlowNode } from './runtime';
import { translated, type Words } from './words';

export type Fill = 'red' | 'green' | 'yellow' | 'blue' | 'grey';

/** A small coloured mark and a few words under a node. */
export interface Badge {
  readonly fill: Fill;
  readonly shape: 'dot' | 'ring';
  /** In English. The editor has a text that stands for itself in its own language. */
  readonly text: string;
  /** What a text with numbers or codes is made of, which only the runtime can say in another language. */
  readonly parts?: readonly Part[];
}

interface Part {
  /** Below `storage-node.status.` in the catalog of the storage-node. */
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
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
  online: (online: number, friends: number): Badge =>
    made('green', 'dot', part('online', { online, friends }, `online ${online}/${friends}`)),
  /** What still waits in the outbox, and what storage nodes keep; the former counts when both are too long to show. */
  unfinished: (queued: number, stored: number): Badge =>
    made(
      'blue',
      'dot',
      ...(queued > 0 ? [part('queued', { count: queued }, `${queued} queued`)] : []),
      ...(stored > 0 ? [part('stored', { count: stored }, `${stored} stored`)] : []),
    ),
  waiting: (count: number): Badge => made('blue', 'ring', part('waiting', { count }, `${count} waiting`)),
  keys: (count: number): Badge =>
    made(
      count > 0 ? 'green' : 'yellow',
      count > 0 ? 'dot' : 'ring',
      part('keys', { count }, count === 1 ? '1 key' : `${count} keys`),
    ),
  error: (error: Error): Badge => {
    const code = errorCode(error);
    return made('red', 'ring', part('error', { code }, `error: ${code}`));
  },
} as const;

function part(key: string, params: Part['params'], text: string): Part {
  return { key, params, text };
}

function made(fill: Fill, shape: Badge['shape'], ...parts: Part[]): Badge {
  return { fill, shape, text: fitting(parts.map(({ text }) => text)), parts };
}

/** All of the texts if there is room, else the first. */
function fitting(texts: readonly string[]): string {
  const all = texts.join(', ');
  return all.length < LONGEST ? all : (texts[0] ?? '');
}

/** In the language of the runtime, as far as that is for the runtime to say. */
function said(words: Words, { parts, ...badge }: Badge): Badge {
  if (parts === undefined) return badge;
  const texts = parts.map(({ key, params, text }) =>
    translated(words, 'storage-node', `storage-node.status.${key}`, params, text),
  );
  return { ...badge, text: fitting(texts) };
}

/** Shortest time between two statuses of a node, milliseconds. */
const INTERVAL = 1_000;

/** Shows a badge. The runtime hears of it only when the text changes, and at most once a second; the last one counts. */
export class StatusBadge {
  readonly #words: Words;
  readonly #node: Pick<FlowNode, 'status'>;
  readonly #timers: Timers;
  #wanted: Badge | undefined;
  #shown = '';
  #pause: Timer | undefined;

  constructor(words: Words, node: Pick<FlowNode, 'status'>, timers: Timers = systemPlatform.timers) {
    this.#words = words;
    this.#node = node;
    this.#timers = timers;
  }

  /** undefined: nothing to say. */
  show(badge: Badge | undefined): void {
    this.#wanted = badge && said(this.#words, badge);
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
