import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { toHex } from '../../../lib/bytes';
import { makeProfile, serialiseProfile, withFriends } from '../../../lib/identity/tox-profile';
import type { BootstrapNode } from '../../../lib/transport/toxcore/bootstrap-nodes';
import { newKeyPair } from './tox-party';
import { CONNECT_MS, PROCESS_MS, until } from './until';

export interface MemberSetup {
  readonly dataDir: string;
  /** Base64; of the first start only. */
  readonly profile?: string;
  readonly bootstrap: readonly BootstrapNode[];
}

export type MemberOrder =
  | {
      readonly what: 'send';
      readonly to: string;
      readonly text: string;
      /** Base64; what is sent in place of the text, which is its name then. */
      readonly bytes?: string;
    }
  | { readonly what: 'stop' };

export interface Friend {
  readonly friend: string;
  readonly session: boolean;
  readonly sendable: number;
}

export interface Received {
  readonly from: string;
  /** Of bytes, their SHA-256 in hexadecimal. */
  readonly text: string;
  readonly via: string;
}

export type MemberReport =
  | { readonly what: 'started'; readonly self: string }
  | { readonly what: 'friends'; readonly friends: readonly Friend[]; readonly child: number | undefined }
  | { readonly what: 'sent'; readonly text: string; readonly id: string }
  | {
      readonly what: 'outcome';
      readonly id: string;
      readonly state: string;
      readonly nodes: number;
      readonly via: string | undefined;
    }
  | ({ readonly what: 'message' } & Received)
  | { readonly what: 'warning'; readonly text: string };

type Outcome = Extract<MemberReport, { what: 'outcome' }>;

/** A member of a test's network, in a process of its own: started, ordered about, stopped, killed. */
export class MemberProcess {
  readonly name: string;
  readonly #keyPair = newKeyPair();
  readonly #setup: Omit<MemberSetup, 'profile'>;
  #profile: string | undefined;
  #process: ChildProcess | undefined;
  #friends: readonly Friend[] = [];
  /** Process id of the one that holds libtoxcore. */
  child: number | undefined;
  readonly #ids = new Map<string, string>();
  readonly #outcomes: Outcome[] = [];
  /** Over all runs. */
  readonly received: Received[] = [];
  readonly warnings: string[] = [];

  private constructor(name: string, folder: string, bootstrap: readonly BootstrapNode[]) {
    this.name = name;
    this.#setup = { dataDir: path.join(folder, name), bootstrap };
  }

  /** Members who are all friends of each other from the start. */
  static circle(names: readonly string[], folder: string, node: BootstrapNode): MemberProcess[] {
    const members = names.map((name) => new MemberProcess(name, folder, [node]));
    for (const member of members) {
      const friends = members.filter((other) => other !== member).map((other) => other.#keyPair);
      const profile = withFriends(makeProfile(member.#keyPair, new Uint8Array(randomBytes(4))), friends);
      member.#profile = Buffer.from(serialiseProfile(profile)).toString('base64');
    }
    return members;
  }

  get key(): string {
    return toHex(this.#keyPair.publicKey);
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  async start(): Promise<void> {
    this.#friends = [];
    const started = fork(require.resolve('./member'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process = started;
    let running = false;
    started.on('message', (report: MemberReport) => {
      running ||= report.what === 'started';
      this.#take(report);
    });
    started.once('exit', () => {
      if (this.#process === started) this.#process = undefined;
    });
    started.send({ ...this.#setup, ...(this.#profile === undefined ? {} : { profile: this.#profile }) });
    this.#profile = undefined;
    await until(`${this.name} has started`, () => running, PROCESS_MS);
  }

  /** Resolves when the message is durable at the sender. */
  async send(to: MemberProcess, text: string): Promise<void> {
    this.#order({ what: 'send', to: to.key, text });
    await until(`${this.name} took "${text}"`, () => this.#ids.has(text), PROCESS_MS);
  }

  /** The same of bytes, under a name for the test. */
  async sendBytes(to: MemberProcess, name: string, bytes: Uint8Array): Promise<void> {
    this.#order({ what: 'send', to: to.key, text: name, bytes: Buffer.from(bytes).toString('base64') });
    await until(`${this.name} took ${name}`, () => this.#ids.has(name), PROCESS_MS);
  }

  /** Outcomes of the message with this text, in order. */
  statesOf(text: string): string[] {
    return this.#outcomesOf(text).map(({ state }) => state);
  }

  /** Most nodes that confirmed a copy. */
  copiesOf(text: string): number {
    return Math.max(0, ...this.#outcomesOf(text).map(({ nodes }) => nodes));
  }

  textsFrom(sender: MemberProcess): string[] {
    return this.received.filter(({ from }) => from === sender.key).map(({ text }) => text);
  }

  hasSession(other: MemberProcess): boolean {
    return this.#friends.some(({ friend, session }) => friend === other.key && session);
  }

  hasKeysOf(other: MemberProcess): boolean {
    return this.#friends.some(({ friend, sendable }) => friend === other.key && sendable > 0);
  }

  /** An orderly end. */
  async stop(): Promise<void> {
    const ending = this.#process;
    if (!ending) return;
    const end = once(ending, 'exit');
    this.#order({ what: 'stop' });
    await end;
  }

  /** The power fails. */
  async kill(): Promise<void> {
    const ending = this.#process;
    if (!ending) return;
    const end = once(ending, 'exit');
    // First the one that would say goodbye to its friends.
    if (this.child !== undefined) process.kill(this.child, 'SIGKILL');
    ending.kill('SIGKILL');
    await end;
  }

  #order(order: MemberOrder): void {
    if (!this.#process) throw new Error(`${this.name} is not running`);
    this.#process.send(order);
  }

  #outcomesOf(text: string): Outcome[] {
    return this.#outcomes.filter(({ id }) => id === this.#ids.get(text));
  }

  #take(report: MemberReport): void {
    switch (report.what) {
      case 'started':
        return;
      case 'friends':
        this.#friends = report.friends;
        this.child = report.child;
        return;
      case 'sent':
        this.#ids.set(report.text, report.id);
        return;
      case 'outcome':
        this.#outcomes.push(report);
        return;
      case 'message':
        this.received.push(report);
        return;
      case 'warning':
        this.warnings.push(report.text);
        return;
    }
  }
}

/** All of them have sessions with, and keys of, all the others. */
export function allMet(members: readonly MemberProcess[]): Promise<void> {
  const missing = () =>
    members.flatMap((one) =>
      members
        .filter((other) => other !== one && !(one.hasSession(other) && one.hasKeysOf(other)))
        .map((other) => `${one.name}-${other.name}`),
    );
  return until(
    () => `all have met, but ${missing().join()}`,
    () => missing().length === 0,
    CONNECT_MS,
  );
}
