import type { Copy } from '../../../../lib/client/journal/outgoing/copies';
import type { Deposit } from '../../../../lib/client/sending/deposits/deposit';
import { Deposits, type DepositsInit } from '../../../../lib/client/sending/deposits/deposits';
import { Agenda } from '../../../../lib/client/sending/agenda';
import { noFleets } from './no-fleets';
import { NodeHolds } from '../../../../lib/client/storage-nodes/node-holds';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';

type StoreAnswer = Extract<SessionMessage, { kind: 'store-answer' }>;
/** What a node does with an envelope: answers, fails, or takes its time. */
export type Answering = (remaining: number) => Promise<Partial<StoreAnswer>>;
/** A node that refuses. */
export const refuse: Answering = () => Promise.resolve({ code: 'busy' });

export const DAY = 24 * 60 * 60;
/** Nodes have one letter. */
export const nodeOf = (letter: string) => new Uint8Array(32).fill(letter.charCodeAt(0));
const letterOf = (node: Uint8Array) => String.fromCharCode(node[0] ?? 0);

export class Mail implements Deposit {
  acceptedAt = 0;
  lifetime = 7 * DAY;
  sealed?: { readonly storageId: Uint8Array } = { storageId: new Uint8Array(16).fill(1) };
  copies: readonly Copy[] = [];
  told = 0;
  once = false;

  constructor(
    readonly sequence = 1,
    readonly friend = new Uint8Array(32).fill(9),
  ) {}
}

/** Deposits and the nodes that they know, whose every answer the test chooses. */
export class Depositor {
  readonly time = new SimulatedTime();
  /** Seconds by which the age is ahead of the clock: the machine slept. */
  slept = 0;
  mail = [new Mail()];
  /** Candidates. */
  nodes = '';
  /** Nodes whose copies no longer count. */
  gone = '';
  answer: Record<string, Answering> = {};
  /** Nodes that were asked, in order, and how they did. */
  asked = '';
  readonly health: string[] = [];
  /** Nodes that outcomes named. */
  readonly told: number[] = [];
  readonly errors: unknown[] = [];
  /** How often mail was looked at. */
  looks = 0;
  /** How often mail was looked at again because of an answer. */
  wakeups = 0;
  /** Of friends, in which answers are noted. */
  readonly queues = new KeyedQueue();
  readonly deposits: Deposits<Mail>;
  readonly #agenda: Agenda<Mail>;

  constructor(init: Partial<DepositsInit<Mail>> = {}) {
    const store = openMemoryStore(new MemoryVolume());
    const ages = { now: () => this.slept + Math.floor(this.time.clock.monotonic() / 1000) };
    this.#agenda = new Agenda(
      { clock: this.time.clock, timers: this.time.timers, ages },
      { onDue: (mail) => this.#look(mail), onSlept: () => this.consider() },
    );
    this.#agenda.start();
    this.deposits = new Deposits<Mail>(
      {
        network: {
          request: (node, { remaining }) => this.#ask(node, remaining),
        },
        nodes: {
          candidates: () => Array.from(this.nodes, nodeOf),
          goneAt: (node) => (this.gone.includes(letterOf(node)) ? 0 : Infinity),
          isGone: (node) => this.gone.includes(letterOf(node)),
          stores: noFleets(),
          holds: new NodeHolds({ clock: this.time.clock, random: new SeededRandom('holds') }),
          noteSuccess: (node) => this.health.push(`${letterOf(node)} well`),
          noteFailure: (node) => this.health.push(`${letterOf(node)} failed`),
        },
        store,
        clock: this.time.clock,
        random: new SeededRandom('deposits'),
        ages,
        journal: {
          has: (mail) => this.mail.includes(mail),
          envelope: ({ sealed }) => sealed && new Uint8Array(287),
          recordCopies: (writes, mail, copies, told) => {
            const change = { copies, told };
            writes.afterCommit(() => Object.assign(mail, change));
          },
        },
        queues: this.queues,
        hooks: { onError: (error) => this.errors.push(error) },
      },
      {
        wanted: 1,
        maxStorageTime: DAY,
        onAnswer: (mail) => {
          this.wakeups += 1;
          this.#look(mail);
          this.#lookAtTurns();
        },
        onPlace: () => this.#lookAtTurns(),
        onStored: (_mail, nodes) => this.told.push(nodes),
        ...init,
      },
    );
  }

  #lookAtTurns(): void {
    for (const next of this.deposits.turns()) this.#look(next);
  }

  /** All that waits is looked at. */
  consider(): void {
    for (const mail of this.mail) this.#look(mail);
  }

  /** What waits is looked at now, and then when it asks for it. @returns the nodes that were asked */
  async pass(seconds = 0): Promise<string> {
    this.asked = '';
    this.consider();
    await this.time.advance(1);
    await this.time.advance(seconds * 1000);
    return this.asked;
  }

  /** Nothing is looked at in between. */
  async sleep(seconds: number): Promise<void> {
    this.#agenda.stop();
    await this.time.advance(seconds * 1000);
    this.#agenda.start();
  }

  #look(mail: Mail): void {
    this.looks += 1;
    if (this.mail.includes(mail)) this.#agenda.put(mail, this.deposits.consider(mail));
  }

  get copies(): string {
    const all = this.mail.flatMap(({ copies }) => copies.map(({ node }) => letterOf(node)));
    return all.sort().join('');
  }

  async #ask(node: Uint8Array, remaining: number): Promise<StoreAnswer> {
    const letter = letterOf(node);
    this.asked += letter;
    const { sealed } = this.mail[0] ?? {};
    const ok = { kind: 'store-answer' as const, request: 1, code: 'ok' as const, wait: 0 };
    const kept = Math.min(remaining, DAY);
    const storageId = sealed?.storageId ?? new Uint8Array(16);
    return { ...ok, kept, storageId, ...(await this.answer[letter]?.(remaining)) };
  }
}

/** A promise for a test to keep. */
export function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((keep) => (resolve = keep));
  return { promise, resolve };
}
