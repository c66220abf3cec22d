import { rmSync } from 'node:fs';
import path from 'node:path';
import { toHex } from '../../../../lib/bytes';
import { FEW_KEYS } from '../crash-world';
import { randomFraction } from '../../../../lib/platform/random';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';
import { VirtualNetwork } from '../../../../lib/transport/virtual/virtual-network';
import type { VirtualTransport } from '../../../../lib/transport/virtual/virtual-transport';
import { makeScratch } from '../../../lib/store/support/scratch';
import { EnvelopeWatch } from '../envelope-watch';
import { Ledger } from '../ledger';
import {
  bytesOf,
  type ChildDevice,
  type ChildPlan,
  type FromChild,
  type FromDevice,
  type ToDevice,
} from './child-messages';
import { DoomedProcess } from './doomed-process';
import { fastPlatform } from './fast-platform';
import { Survivor } from './survivor';

type Report = Extract<FromDevice, { kind: 'report' }>;

/** A device whose process is killed again and again, as the test knows it. */
export interface Victim extends ChildDevice {
  publicKey: Uint8Array;
  transport: VirtualTransport | undefined;
  /** Counts its lives. */
  run: number;
  started: boolean;
  report: Report | undefined;
}

/** Devices on a real disk in a process that is killed, and their friends in this one, which remembers everything. */
export class ProcessWorld {
  readonly ledger = new Ledger();
  readonly watch = new EnvelopeWatch();
  readonly victims: Victim[] = [];
  readonly survivors: Survivor[] = [];
  readonly random: SeededRandom;
  readonly #epoch = Date.now();
  readonly #platform = fastPlatform(this.#epoch);
  readonly #network: VirtualNetwork;
  readonly #scratch = makeScratch();
  readonly #waiting = new Set<() => void>();
  #process: DoomedProcess | undefined;
  #next: DoomedProcess | undefined;
  #dying = false;
  #texts = 0;

  constructor(readonly seed: string) {
    this.random = new SeededRandom(seed);
    this.#network = new VirtualNetwork({ timers: this.#platform.timers, random: this.random });
  }

  async begin(): Promise<void> {
    for (const name of ['Phone', 'Home Pi']) {
      this.survivors.push(
        await Survivor.start({
          name,
          platform: this.#platform,
          network: this.#network,
          ledger: this.ledger,
          watch: this.watch,
          limits: FEW_KEYS,
          progress: () => this.#progress(),
        }),
      );
    }
    for (const engine of ['lmdb', 'nedb'] as const) {
      this.victims.push({
        name: engine,
        engine,
        folder: path.join(this.#scratch.path, engine),
        publicKey: new Uint8Array(),
        transport: undefined,
        run: 0,
        started: false,
        report: undefined,
      });
    }
  }

  async end(): Promise<void> {
    await this.kill();
    this.#next?.kill();
    await this.#next?.gone;
    for (const survivor of this.survivors) await survivor.stop();
    rmSync(this.#scratch.path, { recursive: true, force: true });
  }

  get violations(): string[] {
    return [...this.ledger.violations, ...this.watch.violations];
  }

  below(n: number): number {
    return Math.floor(randomFraction(this.random) * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Starts the process; resolves when its devices are open or it is gone. */
  async start(plan: ChildPlan | undefined): Promise<void> {
    const child = this.#next ?? new DoomedProcess();
    // The next one boots while this one works.
    this.#next = new DoomedProcess();
    this.#process = child;
    this.#dying = false;
    for (const victim of this.victims) {
      victim.run += 1;
      victim.started = false;
    }
    const devices = this.victims.map(({ name, folder, engine }) => ({ name, folder, engine }));
    const message = { kind: 'open', epoch: this.#epoch, devices, plan } as const;
    await child.open(message, (said) => this.#hear(said));
    await this.until(() => this.#dying || this.victims.every(({ started }) => started), 60_000);
  }

  /** It reached its planned step. */
  get died(): boolean {
    return this.#dying;
  }

  /** Ends the process, unless it has ended itself, and hears the last that it said. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    child.kill();
    await child.gone;
    for (const { transport } of this.victims) {
      // The friends notice at once, or when 31 s are over.
      if (this.below(2) === 0) transport?.vanish();
      else await transport?.leave();
    }
  }

  /** A message between any two of the devices. */
  send(from: Victim | Survivor, to: Victim | Survivor): void {
    this.#texts += 1;
    const text = `${from.name} to ${to.name}: ${this.#texts}`;
    if (from instanceof Survivor) return from.send(to, text);
    this.ledger.asked(text, to.name);
    this.#tell(from, { kind: 'send', to: toHex(to.publicKey), text });
  }

  /** What the devices still have to do, and their keys. */
  async report(): Promise<Report[]> {
    for (const victim of this.victims) {
      victim.report = undefined;
      this.#tell(victim, { kind: 'report' });
    }
    await this.until(() => this.victims.every(({ report }) => report !== undefined), 20_000);
    return this.victims.flatMap(({ report }) => (report ? [report] : []));
  }

  /** Waits for `done`, looking at each thing that happens. @returns whether it came to be within `limit` ms */
  until(done: () => boolean, limit: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (result: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(result);
      };
      const look = () => {
        if (done()) finish(true);
      };
      const timer = setTimeout(() => finish(done()), limit);
      this.#waiting.add(look);
      look();
    });
  }

  #progress(): void {
    for (const look of [...this.#waiting]) look();
  }

  #tell(victim: Victim, message: ToDevice): void {
    this.#process?.tell({ device: victim.name, ...message });
  }

  #hear(message: FromChild): void {
    if (message.kind === 'dies') this.#dying = true;
    else if ('device' in message) this.#hearDevice(message.device, message);
    this.#progress();
  }

  #hearDevice(name: string, message: FromDevice): void {
    const { ledger, watch } = this;
    if (message.kind === 'trouble') return void ledger.violations.push(message.text);
    const victim = this.victims.find((each) => each.name === name);
    if (victim === undefined) throw new Error(`nobody is called ${name}`);
    const { run } = victim;
    switch (message.kind) {
      case 'join':
        return this.#join(victim, bytesOf(message.key));
      case 'started':
        victim.started = true;
        return;
      case 'packet':
        this.#outgoing(victim, message);
        return;
      case 'envelope':
        return watch.note(new Uint8Array(Buffer.from(message.envelope, 'base64')));
      case 'accepted':
        return ledger.accepted(message.text, message.id);
      case 'refused':
        return void ledger.violations.push(`"${message.text}" was refused: ${message.error}`);
      case 'handed':
        return ledger.handed(name, run, message);
      case 'outcome':
        return ledger.outcome(run, message.id, message.state);
      case 'report':
        victim.report = message;
    }
  }

  #join(victim: Victim, publicKey: Uint8Array): void {
    victim.publicKey = publicKey;
    const transport = this.#network.join({ publicKey, name: victim.name });
    victim.transport = transport;
    const tellFriends = () => {
      const friends = transport
        .friends()
        .map((key) => ({ key: toHex(key), name: transport.nameOf(key) ?? '' }));
      this.#tell(victim, { kind: 'friends', friends });
    };
    tellFriends();
    const waiting = new Map<string, Uint8Array[]>();
    this.#queues.set(victim.name, waiting);
    void transport.start({
      onSelf: (online) => this.#tell(victim, { kind: 'self', online }),
      onFriend: (friend, online) => {
        waiting.delete(toHex(friend));
        this.#tell(victim, { kind: 'friend', friend: toHex(friend), online });
      },
      onPacket: (friend, packet) =>
        this.#tell(victim, {
          kind: 'packet',
          friend: toHex(friend),
          packet: Buffer.from(packet).toString('base64'),
        }),
      onWritable: (friend) => this.#flush(victim, toHex(friend)),
      onMessage: () => undefined,
      onFriends: tellFriends,
    });
  }

  /** Packets of each victim that wait for room on the way to each friend. */
  readonly #queues = new Map<string, Map<string, Uint8Array[]>>();

  #outgoing(victim: Victim, { friend, packet }: Extract<FromDevice, { kind: 'packet' }>): void {
    const waiting = this.#queues.get(victim.name);
    const line = waiting?.get(friend) ?? [];
    line.push(new Uint8Array(Buffer.from(packet, 'base64')));
    waiting?.set(friend, line);
    this.#flush(victim, friend);
  }

  #flush(victim: Victim, friend: string): void {
    const line = this.#queues.get(victim.name)?.get(friend) ?? [];
    while (line[0] && victim.transport?.sendPacket(bytesOf(friend), line[0]) !== 'busy') line.shift();
  }
}
