import { toHex } from '../../../lib/bytes';
import { randomFraction } from '../../../lib/platform/random';
import type { ReceivedMessage } from '../../../lib/client/messages';
import type { MemoryDirectory } from '../../support/memory-directory';
import { type Device, HOUR, SECOND, World } from '../../support/world';
import { Meddler } from './meddler';
import { Observer } from './observer';

interface Sent {
  readonly from: Device;
  readonly to: Device;
  /** Number of the step in which it was accepted. */
  readonly at: number;
  readonly id: string;
}

interface Copy {
  readonly at: number;
  readonly directory: MemoryDirectory;
}

/** Devices in simulated time that do and suffer anything in any order; a seed replays it. */
export class History {
  readonly world: World;
  readonly observer = new Observer();
  readonly violations: string[] = [];
  readonly did: string[] = [];
  readonly devices: Device[] = [];
  restores = 0;
  readonly #sent = new Map<string, Sent>();
  readonly #handed = new Map<string, { id: string; at: number }>();
  readonly #mayComeAgain = new Set<string>();
  readonly #mayBeLost = new Set<string>();
  readonly #copies = new Map<Device, Copy>();
  #meddler!: Meddler;
  #step = 0;

  constructor(seed: string) {
    this.world = new World(seed);
  }

  async begin(): Promise<void> {
    for (const name of ['Device', 'Phone', 'Home Pi']) {
      const device = await this.world.add(name, { crypto: this.observer.cryptoOf(name) });
      device.handle = (message) => this.#hand(device, message);
      this.devices.push(device);
    }
    this.#meddler = await Meddler.join(this.world);
    await this.world.settle();
  }

  async end(): Promise<void> {
    await this.#meddler.stop();
    await this.world.stop();
  }

  get accepted(): number {
    return this.#sent.size;
  }

  below(n: number): number {
    return Math.floor(randomFraction(this.world.random) * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  async step(): Promise<void> {
    this.#step += 1;
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
        await device.stop();
        await device.start();
      },
      crash: async () => {
        await device.crash();
        await device.start();
      },
      copy: async () => {
        const at = this.#step;
        this.#copies.set(device, { at, directory: await device.memory.copy() });
      },
      restore: () => this.#restore(device),
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
  }

  /**
   * Everybody meets everybody, and once more when all has arrived.
   * @returns messages that may not be lost and are not there, and outboxes that are not empty
   */
  async missing(): Promise<string[]> {
    this.world.network.conditions.jitterMs = 0;
    await this.#forPairs((device, other) => this.world.network.heal(device.pk, other.pk));
    for (const device of this.devices) await device.online(true);
    for (let i = 0; i < 24 * 60 && this.#open().length > 0; i += 1) await this.world.run(60 * SECOND);
    await this.#forPairs((device, other) => this.world.network.drop(device.pk, other.pk));
    await this.world.run(120 * SECOND);
    return this.#open();
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

  #open(): string[] {
    const texts = [...this.#sent.keys()].filter(
      (text) => !this.#handed.has(text) && !this.#mayBeLost.has(text),
    );
    const full = this.devices.filter(({ manager }) => manager.counts().queued > 0);
    return [...texts, ...full.map(({ name }) => `the outbox of ${name} is not empty`)];
  }

  async #forPairs(task: (device: Device, other: Device) => void): Promise<void> {
    for (const [i, device] of this.devices.entries()) {
      for (const other of this.devices.slice(i + 1)) task(device, other);
    }
    await this.world.run(SECOND);
  }

  async #send(from: Device, to: Device): Promise<void> {
    const text = `${from.name} to ${to.name}: ${this.#sent.size + 1}`;
    const { messageId } = await from.send(to, text);
    this.#sent.set(text, { from, to, at: this.#step, id: toHex(messageId) });
  }

  #hand(by: Device, { text, messageId, redelivered }: ReceivedMessage): 'done' {
    const sent = this.#sent.get(text);
    const id = toHex(messageId);
    const before = this.#handed.get(text);
    if (sent && (sent.to !== by || sent.id !== id))
      this.violations.push(`"${text}" came to ${by.name} as ${id}`);
    if (before && before.id !== id) this.violations.push(`"${text}" came with two ids`);
    if (before && !redelivered && !this.#mayComeAgain.delete(`${by.name} ${text}`)) {
      this.violations.push(`"${text}" was handed over twice`);
    }
    this.#handed.set(text, { id, at: this.#step });
    return 'done';
  }

  /** The whole directory as it was: what came after the copy is forgotten here, and here alone. */
  async #restore(device: Device): Promise<void> {
    const copy = this.#copies.get(device);
    if (copy === undefined) return;
    this.restores += 1;
    await device.stop();
    await device.memory.restore(copy.directory);
    for (const [text, { from, to, at }] of this.#sent) {
      if (from === device && at >= copy.at) this.#mayBeLost.add(text);
      const handed = this.#handed.get(text);
      if (to === device && handed && handed.at >= copy.at) this.#mayComeAgain.add(`${device.name} ${text}`);
      // Durable here after the copy: its sender was told, and does not send it again.
      if (to === device && !handed && at >= copy.at) this.#mayBeLost.add(text);
    }
    await device.start();
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
