import { sameBytes, toHex } from '../../../lib/bytes';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { MAX_MESSAGE_SIZE } from '../../../lib/constants';
import { AsyncManager } from '../../../lib/manager/async-manager';
import { MemoryDisk } from '../../../lib/testing/memory-disk';
import { randomFraction } from '../../../lib/platform/random';
import { SeededRandom, SimulatedTime } from '../../../lib/testing/simulated-platform';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { Closers, openParts } from '../../../lib/store/directory/open-parts';
import { VirtualNetwork } from '../../../lib/transport/virtual/virtual-network';
import type { VirtualTransport } from '../../../lib/transport/virtual/virtual-transport';
import { silentLogger } from '../../../lib/types';
import { waitFor } from '../../support/world';
import { EnvelopeWatch, watchEnvelopes } from './envelope-watch';
import { faultyPlatform, faultyStore, faultyTransport } from './faulty-platform';
import { Ledger } from './ledger';
import { type FaultPlan, Life } from './life';
import { textOf } from '../../support/text-of';

const crypto = chooseCryptoProvider();
const FOLDER = '/data';
/** So few keys that a state or an exchange goes out every few messages. */
export const FEW_KEYS = { preKeysPerPeer: 12, preKeyRefreshThreshold: 14, maxLiveBatchesPerPeer: 200 };

/** Devices in memory and in simulated time that die at any step; a seed replays everything. */
export class CrashWorld {
  readonly time = new SimulatedTime();
  readonly random: SeededRandom;
  readonly network: VirtualNetwork;
  /** Of all devices alike. */
  readonly limits: Partial<typeof FEW_KEYS>;
  readonly ledger = new Ledger();
  readonly watch = new EnvelopeWatch();
  readonly devices: CrashDevice[] = [];
  #texts = 0;

  constructor(readonly seed: string) {
    this.random = new SeededRandom(seed);
    this.network = new VirtualNetwork({
      timers: this.time.timers,
      random: this.random,
      faults: { jitterMs: this.pick([0, 30]) },
    });
    this.limits = this.below(2) === 0 ? FEW_KEYS : {};
  }

  async add(name: string): Promise<CrashDevice> {
    const device = new CrashDevice(this, name);
    this.devices.push(device);
    await device.start();
    return device;
  }

  /** 0 to below `n`. */
  below(n: number): number {
    return Math.floor(randomFraction(this.random) * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** What a whole run may not do. */
  get violations(): string[] {
    return [...this.ledger.violations, ...this.watch.violations];
  }

  /** Lets time pass until `done`. @returns whether it came to be within `limit` ms */
  async until(done: () => boolean, limit: number): Promise<boolean> {
    for (let passed = 0; passed < limit; passed += 250) {
      if (done()) return true;
      await this.time.advance(250);
    }
    return done();
  }

  /** One in eight needs a head and a few chunks. */
  nextText(from: CrashDevice, to: CrashDevice): string {
    this.#texts += 1;
    const text = `${from.name} to ${to.name}: ${this.#texts}`;
    return this.below(8) === 0 ? text.padEnd(MAX_MESSAGE_SIZE + 1 + this.below(12_000), '.') : text;
  }
}

/** One identity over all of its lives. */
export class CrashDevice {
  readonly disk = new MemoryDisk();
  readonly volume: MemoryVolume;
  life = new Life(() => undefined);
  /** Counts the starts. */
  run = 0;
  publicKey = new Uint8Array(32);
  readonly errors: string[] = [];
  #manager: AsyncManager | undefined;
  #transport: VirtualTransport | undefined;

  constructor(
    readonly world: CrashWorld,
    readonly name: string,
  ) {
    // A commit that takes its time is met by other tasks and by crashes while it is under way.
    const { timers } = world.time;
    this.volume = new MemoryVolume(world.below(2) === 0 ? { timers, ms: 3 } : undefined);
  }

  get manager(): AsyncManager {
    if (this.#manager === undefined) throw new Error(`${this.name} is not running`);
    return this.#manager;
  }

  get isRunning(): boolean {
    return this.#manager !== undefined && !this.life.dead;
  }

  /** @returns false when it died at `plan`, on the way */
  async start(plan?: FaultPlan): Promise<boolean> {
    this.run += 1;
    const died = new Promise<false>((resolve) => {
      this.life = new Life(() => resolve(false), plan);
    });
    return waitFor(this.world.time, Promise.race([died, this.#start(this.life, this.run)]));
  }

  async #start(life: Life, run: number): Promise<true> {
    const { time, random, network, ledger, watch, limits } = this.world;
    const { clock, timers } = time;
    const platform = faultyPlatform({ clock, timers, random, disk: this.disk }, life);
    const say = (text: string) => {
      if (!life.dead) this.errors.push(text);
    };
    const log = { ...silentLogger, warn: say, error: say };
    const watched = watchEnvelopes(crypto, {
      seals: (envelope) => {
        if (!life.dead) watch.note(envelope);
      },
    });
    await platform.disk.makeFolder(FOLDER);
    const directory = await openParts(
      {
        platform,
        crypto,
        path: FOLDER,
        log,
        openStore: () => faultyStore(openMemoryStore(this.volume), life),
        space: { limitBytes: 65_536, reserveBytes: 4096 },
      },
      new Closers(platform.timers),
    );
    const manager = await AsyncManager.create({
      dataDir: FOLDER,
      directory,
      platform,
      crypto: watched,
      limits,
      diskSpace: () => Promise.resolve({ freeBytes: 100_000_000_000 }),
      log,
    });
    if (!life.reach('opened')) return new Promise(() => undefined);
    this.publicKey = new Uint8Array(manager.publicKey);
    manager.events.on('outcome', ({ messageId, friend, state }) => {
      if (life.dead) return;
      ledger.outcome(run, toHex(messageId), state);
      if (state === 'delivered') this.#checkDelivered(friend, messageId);
    });
    for (const event of ['keys-dead', 'keys-refused', 'message-lost', 'identity-in-use-elsewhere'] as const) {
      manager.events.on(event, () => say(`event ${event}`));
    }
    manager.setMessageHandler(async (message) => {
      if (!life.reach('hand')) return;
      const { messageId, redelivered } = message;
      ledger.handed(this.name, run, { text: textOf(message), id: toHex(messageId), redelivered });
      life.reach('handed');
    });
    this.#transport = network.join({ publicKey: manager.publicKey, name: this.name });
    await manager.attachTransport(faultyTransport(this.#transport, life));
    await manager.start();
    // Starting took time, in which it may have died.
    if (!life.reach('started')) return new Promise(() => undefined);
    this.#manager = manager;
    return true;
  }

  /**
   * Ends this life, unless it is over, and leaves on the disks what a killed process or a power cut leaves.
   * @param how 'kill': what was written without a sync can still be read; 'power-cut': it may be lost or torn
   */
  die(how: 'kill' | 'power-cut'): void {
    this.life.end();
    this.#manager = undefined;
    this.volume.crash(this.world.random);
    if (how === 'power-cut') this.disk.crash(this.world.random);
    // The others notice at once, or after 31 s.
    if (this.world.below(2) === 0) this.#transport?.vanish();
    else void this.#transport?.leave();
  }

  async setOnline(online: boolean): Promise<void> {
    await this.#transport?.setOnline(online);
  }

  /** Not awaited: whether it is accepted, the ledger learns when it happens. */
  send(to: CrashDevice): void {
    const { ledger } = this.world;
    const { life, manager } = this;
    const text = this.world.nextText(this, to);
    ledger.asked(text, to.name);
    const overdueAfter = 1 + this.world.below(40);
    manager.sendAsyncMessage(to.publicKey, text, 0, { overdueAfter }).then(
      ({ messageId }) => {
        if (life.dead) return;
        ledger.accepted(text, toHex(messageId));
        life.reach('accepted');
      },
      (error: unknown) => {
        if (!life.dead) ledger.violations.push(`"${text}" was refused: ${String(error)}`);
      },
    );
  }

  /** "Delivered" means durable at the recipient, not on its way there. */
  #checkDelivered(friend: Uint8Array, messageId: Uint8Array): void {
    const { devices, ledger } = this.world;
    const recipient = devices.find(({ publicKey }) => sameBytes(publicKey, friend));
    const key = Buffer.concat([Buffer.from('tombstone-message/'), this.publicKey, messageId]);
    if (recipient?.volume.index.get(key)) return;
    ledger.violations.push(
      `${toHex(messageId)} was called delivered and is not at ${recipient?.name ?? '?'}`,
    );
  }
}
