import { toHex } from '../../../lib/bytes';
import { randomFraction } from '../../../lib/platform/random';
import type { MemoryDirectory } from '../../support/memory-directory';
import { type Device, HOUR, SECOND, World } from '../../support/world';
import { Ledger } from './ledger';
import { Lineage, Lives, type Moment } from './lives';
import { Meddler } from './meddler';
import { Observer } from './observer';

interface Copy {
  readonly taken: Moment;
  readonly directory: MemoryDirectory;
}

/** A second directory of one identity, which runs while the first does not. */
interface Clone {
  lineage: Lineage;
  directory: MemoryDirectory;
}

/** Devices in simulated time that do and suffer anything in any order; a seed replays it. */
export class History {
  readonly world: World;
  readonly lives = new Lives();
  readonly ledger = new Ledger(this.lives);
  readonly observer = new Observer(this.lives);
  readonly did: string[] = [];
  readonly devices: Device[] = [];
  restores = 0;
  swaps = 0;
  readonly #copies = new Map<Device, Copy>();
  readonly #clones = new Map<Device, Clone>();
  readonly #heard = new Map<Device, number>();
  #meddler!: Meddler;

  constructor(seed: string) {
    this.world = new World(seed);
  }

  async begin(): Promise<void> {
    for (const name of ['Device', 'Phone', 'Home Pi']) {
      const device = await this.world.add(name, { crypto: this.observer.cryptoOf(name) });
      this.observer.meet(name, device.pk);
      device.handle = ({ text, messageId, redelivered }) => {
        this.ledger.handed(name, { text, id: toHex(messageId), redelivered });
        return 'done';
      };
      this.devices.push(device);
    }
    this.#meddler = await Meddler.join(this.world);
    await this.world.settle();
  }

  async end(): Promise<void> {
    await this.#meddler.stop();
    await this.world.stop();
  }

  get violations(): string[] {
    return [...this.ledger.violations, ...this.observer.violations];
  }

  below(n: number): number {
    return Math.floor(randomFraction(this.world.random) * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  async step(): Promise<void> {
    const device = this.pick(this.devices);
    const other = this.pick(this.devices.filter((each) => each !== device));
    const actions: Record<string, () => Promise<unknown> | void> = {
      send: () => this.#send(device, other),
      burst: async () => {
        for (let i = 0; i < 30; i += 1) await this.#send(device, other);
      },
      exchange: () => device.manager.exchangeKeys(other.pk).catch(() => undefined),
      offline: () => device.online(false),
      online: () => device.online(true),
      lose: () => this.world.network.drop(device.pk, other.pk),
      partition: () => this.world.network.partition(device.pk, other.pk),
      heal: () => this.world.network.heal(device.pk, other.pk),
      reorder: () => void (this.world.network.conditions.jitterMs = this.pick([0, 50, 2000])),
      duplicate: () => this.#meddle((envelope) => envelope),
      forge: () => this.#meddle((envelope) => this.#flipped(envelope)),
      restart: async () => {
        await this.#stop(device);
        await this.#start(device);
      },
      crash: async () => {
        this.lives.crashed(device.name);
        await device.crash();
        await this.#start(device);
      },
      copy: async () => {
        const taken = this.lives.now(device.name);
        this.#copies.set(device, { taken, directory: await device.memory.copy() });
      },
      restore: () => this.#restore(device),
      clone: () => this.#swap(device),
      wait: () => this.world.run(this.pick([SECOND, 40 * SECOND, HOUR])),
    };
    const name = this.pick([
      ...Object.keys(actions),
      'send',
      'send',
      'send',
      'online',
      'online',
      'heal',
      'copy',
      'restore',
      'restore',
    ]);
    this.did.push(`${name} ${device.name} ${other.name}`);
    await actions[name]?.();
    await this.world.run(this.pick([0, 3, 20, 500, 5 * SECOND]));
    for (const each of this.devices) this.#hear(each);
  }

  /**
   * Everybody meets everybody, each clone has its turn, and all meet once more when everything has arrived.
   * @returns promises that were not kept, and outboxes that are not empty
   */
  async missing(): Promise<string[]> {
    this.world.network.conditions.jitterMs = 0;
    await this.#forPairs((device, other) => this.world.network.heal(device.pk, other.pk));
    const unkept: string[] = [];
    for (const turn of ['first', 'second']) {
      if (turn === 'second') for (const device of this.#clones.keys()) await this.#swap(device);
      for (const device of this.devices) await device.online(true);
      for (let i = 0; i < 24 * 60 && this.#full().length > 0; i += 1) await this.world.run(60 * SECOND);
      // Until every node was asked for mail: what another clone sealed uses up keys as well.
      await this.world.run(600 * SECOND);
      await this.#forPairs((device, other) => this.world.network.drop(device.pk, other.pk));
      await this.world.run(120 * SECOND);
      for (const device of this.devices) this.#hear(device);
      unkept.push(...this.#full());
    }
    return [...unkept, ...this.ledger.open((name) => this.#living(name))];
  }

  /** Keys that a device holds and that nobody would open with, by device. */
  deadKeys(): [string, string[]][] {
    const issued = new Set<string>();
    for (const { memory } of this.devices)
      for (const { tag } of memory.table<{ tag: Uint8Array }>('issued-key')) issued.add(toHex(tag));
    return this.devices.map(({ name, memory }) => {
      const held = memory.table<{ tag: Uint8Array }>('held-key').map(({ tag }) => toHex(tag));
      return [name, held.filter((tag) => !issued.has(tag))];
    });
  }

  /** [holder, owner, held, alive] of every pair. */
  keys(): [string, string, number, number][] {
    return this.devices.flatMap((holder) =>
      this.devices.flatMap((owner): [string, string, number, number][] => {
        if (owner === holder) return [];
        const held = holder.manager.getPreKeyStats().get(toHex(owner.pk))?.held ?? 0;
        const alive = owner.manager.getPreKeyStats().get(toHex(holder.pk))?.issued ?? 0;
        return [[holder.name, owner.name, held, alive]];
      }),
    );
  }

  #full(): string[] {
    const full = this.devices.filter(({ manager }) => manager.counts().queued > 0);
    return full.map(({ name }) => `the outbox of ${name} is not empty`);
  }

  #living(name: string): Lineage[] {
    const clones = [...this.#clones].filter(([device]) => device.name === name);
    return [this.lives.now(name).lineage, ...clones.map(([, { lineage }]) => lineage)];
  }

  async #forPairs(task: (device: Device, other: Device) => void): Promise<void> {
    for (const [i, device] of this.devices.entries()) {
      for (const other of this.devices.slice(i + 1)) task(device, other);
    }
    await this.world.run(SECOND);
  }

  async #send(from: Device, to: Device): Promise<void> {
    const text = `${from.name} to ${to.name}: ${this.ledger.sent.size + 1}`;
    const { messageId } = await from.send(to, text);
    this.ledger.accepted(text, { from: from.name, to: to.name, id: toHex(messageId) });
  }

  /** Tells the ledger of outcomes since the last time, before another run begins. */
  #hear(device: Device): void {
    const from = this.#heard.get(device) ?? 0;
    for (const { messageId, state } of device.outcomes.slice(from))
      this.ledger.outcome(device.name, toHex(messageId), state);
    this.#heard.set(device, device.outcomes.length);
  }

  async #stop(device: Device): Promise<void> {
    await device.stop();
    this.#hear(device);
  }

  async #start(device: Device, lineage?: Lineage): Promise<void> {
    this.#hear(device);
    this.lives.begin(device.name, lineage);
    await device.start();
  }

  /** The whole directory as it was: what came after the copy is forgotten here, and here alone. */
  async #restore(device: Device): Promise<void> {
    const copy = this.#copies.get(device);
    if (copy === undefined) return;
    this.restores += 1;
    await this.#stop(device);
    const waiting = inboxOf(device.memory);
    await device.memory.restore(copy.directory);
    for (const id of inboxOf(device.memory)) waiting.delete(id);
    this.ledger.lost(waiting);
    await this.#start(device, new Lineage(copy.taken));
  }

  /** The identity goes on with its other directory; the first time that is a copy of the one it has. */
  async #swap(device: Device): Promise<void> {
    this.swaps += 1;
    await this.#stop(device);
    const taken = this.lives.now(device.name);
    const current = { lineage: taken.lineage, directory: await device.memory.copy() };
    const other = this.#clones.get(device) ?? { lineage: new Lineage(taken), directory: current.directory };
    this.#clones.set(device, current);
    await device.memory.restore(other.directory);
    await this.#start(device, other.lineage);
  }

  #meddle(change: (envelope: Uint8Array) => Uint8Array): void {
    const { seen } = this.observer;
    if (seen.length === 0) return;
    const envelope = change(this.pick(seen).envelope);
    for (const device of this.devices.filter(({ isOnline }) => isOnline)) {
      if (this.below(2) === 0) this.#meddler.deliver(device.pk, envelope);
      else this.#meddler.deposit(device.pk, envelope);
    }
  }

  #flipped(envelope: Uint8Array): Uint8Array {
    const flipped = envelope.slice();
    const at = this.below(flipped.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << this.below(8));
    return flipped;
  }
}

/** Ids of the messages that wait to be handed over. */
function inboxOf(directory: MemoryDirectory): Set<string> {
  const records = directory.table<{ messageId: Uint8Array }>('inbox');
  return new Set(records.map(({ messageId }) => toHex(messageId)));
}
