import { toHex } from '../../lib/bytes';
import type { MessageInput, Outcome, ReceivedMessage, SendOptions } from '../../lib/client/messages';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { AsyncManager } from '../../lib/manager/async-manager';
import type { AsyncManagerOptions } from '../../lib/manager/options';
import { SeededRandom, SimulatedTime } from '../../lib/testing/simulated-platform';
import { AcquaintedTransport } from './acquainted-transport';
import { MemoryDirectory } from './memory-directory';
import { VirtualNetwork } from '../../lib/transport/virtual/virtual-network';
import type { VirtualTransport } from '../../lib/transport/virtual/virtual-transport';
import { textOf } from './text-of';

const crypto = chooseCryptoProvider();

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Whole sessions on one virtual network in simulated time; a seed replays everything. */
export class World {
  readonly time = new SimulatedTime();
  readonly random: SeededRandom;
  readonly network: VirtualNetwork;
  readonly devices: Device[] = [];
  readonly #strangers = new Set<string>();

  constructor(readonly seed: string) {
    this.random = new SeededRandom(seed);
    this.network = new VirtualNetwork({ timers: this.time.timers, random: this.random });
  }

  async add(name: string, options: Partial<AsyncManagerOptions> = {}): Promise<Device> {
    const device = new Device(this, name, options);
    this.devices.push(device);
    await device.start();
    return device;
  }

  /** These two don't see each other from their next start on. */
  strangers(a: string, b: string): void {
    this.#strangers.add(`${a}|${b}`).add(`${b}|${a}`);
  }

  /** They do again. */
  acquaint(a: string, b: string): void {
    this.#strangers.delete(`${a}|${b}`);
    this.#strangers.delete(`${b}|${a}`);
  }

  areStrangers(a: string, b: string): boolean {
    return this.#strangers.has(`${a}|${b}`);
  }

  run(ms: number): Promise<void> {
    return this.time.advance(ms);
  }

  /** Lets time pass until `done`; fails after `limit` ms of it. */
  async until(what: string, done: () => boolean, limit = 5 * MINUTE): Promise<void> {
    for (let passed = 0; passed <= limit; passed += 100) {
      if (done()) return;
      await this.run(100);
    }
    throw new Error(`not within ${limit / 1000} s: ${what}`);
  }

  /** Everybody who is online has keys of everybody else. */
  async settle(): Promise<void> {
    const online = this.devices.filter(({ isOnline }) => isOnline);
    await this.until('all have keys of all', () =>
      online.every((device) =>
        online.every((other) => other === device || device.manager.canSendAsyncMessage(other.pk)),
      ),
    );
    await this.run(5 * SECOND);
  }

  async stop(): Promise<void> {
    for (const device of this.devices) await device.stop();
  }
}

/** One session, with everything it heard. */
export class Device {
  readonly received: ReceivedMessage[] = [];
  readonly outcomes: Outcome[] = [];
  readonly events: { event: string; value: unknown }[] = [];
  readonly errors: string[] = [];
  readonly memory: MemoryDirectory;
  manager!: AsyncManager;
  transport!: VirtualTransport;
  /** Of the process that runs. */
  #life = { dead: false };
  running = false;
  isOnline = false;
  /** It has the place of its identity on the network. */
  joined = false;
  /** What the handler does with each message. */
  handle: (message: ReceivedMessage) => Promise<'done' | 'later'> | 'done' | 'later' = () => 'done';

  constructor(
    private readonly world: World,
    readonly name: string,
    private readonly options: Partial<AsyncManagerOptions>,
  ) {
    this.memory = new MemoryDirectory();
  }

  get pk(): Uint8Array {
    return this.manager.publicKey;
  }

  get texts(): string[] {
    return this.received.map(textOf);
  }

  /** States of the outcomes of one message, in order. */
  statesOf({ messageId }: { messageId: Uint8Array }): string[] {
    return this.outcomes.filter((o) => toHex(o.messageId) === toHex(messageId)).map(({ state }) => state);
  }

  /** @param options.joins false for a second copy of an identity that another has the place of */
  async start(options: { online?: boolean; joins?: boolean } = {}): Promise<void> {
    const { time, random } = this.world;
    const life = { dead: false };
    this.#life = life;
    // A timer of a process whose power failed meets a closed store.
    const after = (ms: number, run: () => void) =>
      time.timers.after(ms, () => {
        try {
          run();
        } catch (error) {
          if (!life.dead) throw error;
        }
      });
    const platform = { clock: time.clock, timers: { after }, random, disk: this.memory.disk };
    const say = (text: string) => this.errors.push(text);
    const opened = AsyncManager.create({
      dataDir: '/data',
      directory: await waitFor(time, this.memory.open(platform, crypto)),
      platform,
      crypto,
      diskSpace: () => Promise.resolve({ freeBytes: 100_000_000_000 }),
      log: { debug() {}, info() {}, warn: say, error: say },
      ...this.options,
    });
    this.manager = await waitFor(time, opened);
    const { events } = this.manager;
    events.on('outcome', (outcome) => this.outcomes.push(outcome));
    for (const event of [
      'keys-exchanged',
      'keys-refused',
      'keys-dead',
      'identity-in-use-elsewhere',
      'identity-restored',
      'message-lost',
      'message-malformed',
      'mail-waiting',
      'node-suggested',
    ] as const) {
      events.on(event, (value) => this.events.push({ event, value }));
    }
    this.manager.setMessageHandler((message) => {
      this.received.push(message);
      return this.handle(message);
    });
    if (options.joins !== false) await this.join();
    await waitFor(time, this.manager.start());
    this.running = true;
    if (this.joined) await this.online(options.online ?? true);
  }

  /** Takes the place of its identity on the network. */
  async join(): Promise<void> {
    const { time, network } = this.world;
    this.transport = network.join({ publicKey: this.manager.publicKey, name: this.name });
    const knows = (name: string) => !this.world.areStrangers(this.name, name);
    await waitFor(time, this.manager.attachTransport(new AcquaintedTransport(this.transport, knows)));
    this.joined = true;
  }

  /** Gives the place up and runs on. */
  async depart(): Promise<void> {
    if (!this.joined) return;
    this.joined = false;
    this.isOnline = false;
    await waitFor(this.world.time, this.transport.leave());
    await waitFor(this.world.time, this.manager.detachTransport());
  }

  async online(online: boolean): Promise<void> {
    this.isOnline = online;
    await waitFor(this.world.time, this.transport.setOnline(online));
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    await waitFor(this.world.time, this.manager.stop());
    await this.#leave();
  }

  /** The power fails: what was not durable is gone, and nobody hears of it. */
  async crash(): Promise<void> {
    this.running = false;
    this.#life.dead = true;
    this.memory.crash();
    await this.#leave();
    await waitFor(
      this.world.time,
      this.manager.stop().catch(() => undefined),
    );
  }

  async #leave(): Promise<void> {
    this.isOnline = false;
    if (this.joined) await waitFor(this.world.time, this.transport.leave());
    this.joined = false;
  }

  send(to: Device | Uint8Array, content: MessageInput, options?: SendOptions) {
    const pk = to instanceof Uint8Array ? to : to.pk;
    return waitFor(this.world.time, this.manager.sendAsyncMessage(pk, content, 0, options));
  }
}

/** Lets simulated time pass while a promise needs it. */
export async function waitFor<T>(time: SimulatedTime, promise: Promise<T>): Promise<T> {
  const pending = new Set([promise]);
  const settle = () => pending.delete(promise);
  promise.then(settle, settle);
  for (let i = 0; i < 10_000 && pending.size > 0; i += 1) await time.advance(1);
  return promise;
}
