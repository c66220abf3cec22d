import { toHex } from '../../../lib/bytes';
import { MemoryDirectory } from '../../support/memory-directory';
import { Device, type World } from '../../support/world';
import type { Ledger, Sent } from './ledger';
import { Lineage, type Copy, type Lives, type Moment } from './lives';
import type { Observer } from './observer';
import { textOf } from '../../support/text-of';

/** Stocks that a few messages use up, and owners that soon erase what they issued. */
const FEW_KEYS = { preKeysPerPeer: 12, preKeyRefreshThreshold: 5, maxLiveBatchesPerPeer: 2 };

export interface PartyParts {
  readonly world: World;
  readonly lives: Lives;
  readonly ledger: Ledger;
  readonly observer: Observer;
  readonly fewKeys: boolean;
}

/** A running copy of an identity, on a data directory of its own. */
export class RunningCopy implements Copy {
  readonly device: Device;
  readonly #parts: PartyParts;
  #heard = 0;
  /** A backup of its directory. */
  #backup: { readonly taken: Moment; readonly directory: MemoryDirectory } | undefined;

  constructor(
    parts: PartyParts,
    readonly name: string,
    readonly copy: string,
  ) {
    this.#parts = parts;
    const { world, ledger, observer, fewKeys } = parts;
    this.device = new Device(world, name, {
      crypto: observer.cryptoOf(this),
      ...(fewKeys ? { limits: FEW_KEYS } : {}),
    });
    this.device.handle = (message) => {
      const { messageId, redelivered } = message;
      ledger.handed(this, { text: textOf(message), id: toHex(messageId), redelivered });
      return 'done';
    };
  }

  async restart(): Promise<void> {
    const { joined } = this.device;
    await this.device.stop();
    await this.start(joined);
  }

  async crash(): Promise<void> {
    const { joined } = this.device;
    this.#parts.lives.crashed(this);
    await this.device.crash();
    await this.start(joined);
  }

  /** Another run of the program. @param joins whether it has the identity's place on the network */
  async start(joins: boolean, lineage?: Lineage): Promise<void> {
    this.#parts.lives.begin(this, lineage);
    await this.device.start({ joins });
  }

  async backUp(): Promise<void> {
    const taken = this.#parts.lives.now(this);
    this.#backup = { taken, directory: await this.device.memory.copy() };
  }

  /** The whole directory as it was: what came after the backup is forgotten here, and here alone. */
  async restore(hear: () => void): Promise<boolean> {
    if (this.#backup === undefined) return false;
    const { taken, directory } = this.#backup;
    const { joined, memory } = this.device;
    await this.device.stop();
    hear();
    const waiting = inboxOf(memory);
    await memory.restore(directory);
    for (const id of inboxOf(memory)) waiting.delete(id);
    this.#parts.ledger.lost(waiting);
    await this.start(joined, new Lineage(taken));
    return true;
  }

  /** Tells the ledger of outcomes since the last time, before another run begins. */
  hear(waits: (sent: Sent) => boolean): void {
    const { outcomes } = this.device;
    for (const { messageId, state } of outcomes.slice(this.#heard))
      this.#parts.ledger.outcome(this, { id: toHex(messageId), state }, waits);
    this.#heard = outcomes.length;
  }
}

/** One identity: its device and, from the first `clone` on, a second copy that runs at the same time. */
export class Party {
  readonly copies: RunningCopy[] = [];
  readonly #parts: PartyParts;
  /** The copy that has the place on the network. */
  #here!: RunningCopy;

  private constructor(
    parts: PartyParts,
    readonly name: string,
  ) {
    this.#parts = parts;
  }

  static async begin(parts: PartyParts, name: string): Promise<Party> {
    const party = new Party(parts, name);
    party.#here = new RunningCopy(parts, name, name);
    party.copies.push(party.#here);
    parts.world.devices.push(party.#here.device);
    await party.#here.start(true);
    parts.observer.meet(name, party.pk);
    return party;
  }

  get here(): RunningCopy {
    return this.#here;
  }

  get device(): Device {
    return this.#here.device;
  }

  get pk(): Uint8Array {
    return this.device.pk;
  }

  /**
   * The other copy comes to the network in place of the one that was there; both run on. The first time it is made
   * from what the directory has at that moment.
   */
  async takeOver(): Promise<void> {
    const other = this.copies.find((copy) => copy !== this.#here) ?? (await this.#clone());
    await this.device.depart();
    this.#here = other;
    await other.device.join();
    await other.device.online(true);
  }

  /** The directories that are in use. */
  lineages(): Lineage[] {
    return this.copies.map((copy) => this.#parts.lives.now(copy).lineage);
  }

  /** Whether a message waits to be handed over by one of the copies. */
  waits(id: string): boolean {
    return this.copies.some(({ device }) => inboxOf(device.memory).has(id));
  }

  async #clone(): Promise<RunningCopy> {
    const { lives, world } = this.#parts;
    const clone = new RunningCopy(this.#parts, this.name, `${this.name}'`);
    const taken = lives.now(this.#here);
    await clone.device.memory.restore(await this.device.memory.copy());
    this.copies.push(clone);
    world.devices.push(clone.device);
    await clone.start(false, new Lineage(taken));
    return clone;
  }
}

/** Ids of the messages that wait to be handed over. */
function inboxOf(directory: MemoryDirectory): Set<string> {
  const records = directory.table<{ messageId: Uint8Array }>('inbox');
  return new Set(records.map(({ messageId }) => toHex(messageId)));
}
