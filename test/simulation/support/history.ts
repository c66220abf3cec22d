import { toHex } from '../../../lib/bytes';
import { heldKeyForm, issuedKeyForm } from '../../../lib/forward-security/compact-keys';
import { HOUR, SECOND, World } from '../../support/world';
import { Ledger } from './ledger';
import { Lives } from './lives';
import { Meddler } from './meddler';
import { Observer } from './observer';
import { Party, type RunningCopy } from './party';
import type { Action, Scenario, Step } from './steps';

/** Devices in simulated time that do and suffer what a list of steps says. */
export class History {
  readonly world: World;
  readonly lives = new Lives();
  readonly ledger = new Ledger(this.lives);
  readonly observer = new Observer(this.lives);
  readonly parties: Party[] = [];
  readonly counts = { restores: 0, takeOvers: 0 };
  readonly #fewKeys: boolean;
  #meddler!: Meddler;

  constructor({ seed, fewKeys }: Omit<Scenario, 'steps'>) {
    this.world = new World(`history ${seed}`);
    this.#fewKeys = fewKeys;
  }

  async begin(): Promise<void> {
    const { world, lives, ledger, observer } = this;
    const parts = { world, lives, ledger, observer, fewKeys: this.#fewKeys };
    for (const name of ['Device', 'Phone', 'Home Pi']) this.parties.push(await Party.begin(parts, name));
    this.#meddler = await Meddler.join(world);
    await world.settle();
  }

  async end(): Promise<void> {
    await this.#meddler.stop();
    await this.world.stop();
  }

  get violations(): string[] {
    return [...this.ledger.violations, ...this.observer.violations];
  }

  async step(step: Step): Promise<void> {
    const who = at(this.parties, step.who);
    const others = this.parties.filter((each) => each !== who);
    await this.#act(step, who, at(others, step.other));
    await this.world.run(step.pause);
    this.#hear();
  }

  /**
   * Everybody meets everybody, each copy has its turn, and all meet once more when everything has arrived.
   * @returns promises that were not kept, and outboxes that are not empty
   */
  async missing(): Promise<string[]> {
    this.world.network.conditions.jitterMs = 0;
    await this.#forPairs((one, other) => this.world.network.heal(one.pk, other.pk));
    const unkept: string[] = [];
    for (const turn of ['first', 'second']) {
      if (turn === 'second')
        for (const party of this.parties) if (party.copies.length > 1) await party.takeOver();
      for (const { device } of this.parties) await device.online(true);
      for (let i = 0; i < 24 * 60 && this.#full().length > 0; i += 1) await this.world.run(60 * SECOND);
      // Until every node was asked for mail: what another copy sealed uses up keys as well.
      await this.world.run(600 * SECOND);
      await this.#forPairs((one, other) => this.world.network.drop(one.pk, other.pk));
      await this.world.run(120 * SECOND);
      this.#hear();
      unkept.push(...this.#full());
    }
    const living = (name: string) => this.parties.find((each) => each.name === name)?.lineages() ?? [];
    return [...unkept, ...this.ledger.open(living)];
  }

  /** Keys that a device holds and that nobody would open with, by device; of the copies that met last. */
  deadKeys(): [string, string[]][] {
    const issued = new Set<string>();
    for (const { device } of this.parties)
      for (const { tag } of device.memory.table('issued-key', issuedKeyForm)) issued.add(toHex(tag));
    return this.parties.map(({ name, device }) => {
      const held = device.memory.table('held-key', heldKeyForm).map(({ tag }) => toHex(tag));
      return [name, held.filter((tag) => !issued.has(tag))];
    });
  }

  /** [holder, owner, held, alive] of every pair. */
  keys(): [string, string, number, number][] {
    return this.parties.flatMap((holder) =>
      this.parties.flatMap((owner): [string, string, number, number][] => {
        if (owner === holder) return [];
        const held = holder.device.manager.getPreKeyStats().get(toHex(owner.pk))?.held ?? 0;
        const alive = owner.device.manager.getPreKeyStats().get(toHex(holder.pk))?.issued ?? 0;
        return [[holder.name, owner.name, held, alive]];
      }),
    );
  }

  async #act({ action, choice }: Step, who: Party, other: Party): Promise<void> {
    const { network } = this.world;
    const copy = at(who.copies, choice);
    const actions: Record<Action, () => Promise<unknown> | void> = {
      send: () => this.#send(copy, other),
      burst: async () => {
        for (let i = 0; i < 30; i += 1) await this.#send(copy, other);
      },
      exchange: () => who.device.manager.exchangeKeys(other.pk).catch(() => undefined),
      offline: () => who.device.online(false),
      online: () => who.device.online(true),
      lose: () => network.drop(who.pk, other.pk),
      partition: () => network.partition(who.pk, other.pk),
      heal: () => network.heal(who.pk, other.pk),
      reorder: () => void (network.conditions.jitterMs = at([0, 50, 2000], choice)),
      duplicate: () => this.#meddle(choice, (envelope) => envelope),
      forge: () => this.#meddle(choice, (envelope) => flipped(envelope, choice)),
      restart: () => copy.restart(),
      crash: () => copy.crash(),
      copy: () => copy.backUp(),
      restore: async () => {
        if (await copy.restore(() => this.#hear())) this.counts.restores += 1;
      },
      clone: async () => {
        this.counts.takeOvers += 1;
        await who.takeOver();
      },
      wait: () => this.world.run(at([SECOND, 40 * SECOND, HOUR], choice)),
    };
    await actions[action]();
  }

  #full(): string[] {
    const full = this.parties.filter(({ device }) => device.manager.counts().unfinished > 0);
    return full.map(({ name }) => `the outbox of ${name} is not empty`);
  }

  async #forPairs(task: (one: Party, other: Party) => void): Promise<void> {
    for (const [i, party] of this.parties.entries()) {
      for (const other of this.parties.slice(i + 1)) task(party, other);
    }
    await this.world.run(SECOND);
  }

  async #send(from: RunningCopy, to: Party): Promise<void> {
    const text = `${from.copy} to ${to.name}: ${this.ledger.sent.size + 1}`;
    const { messageId } = await from.device.send(to.pk, text);
    this.ledger.accepted(text, { from, to: to.name, id: toHex(messageId) });
  }

  #hear(): void {
    const waits = ({ to, id }: { to: string; id: string }) =>
      this.parties.some((party) => party.name === to && party.waits(id));
    for (const { copies } of this.parties) for (const copy of copies) copy.hear(waits);
  }

  #meddle(choice: number, change: (envelope: Uint8Array) => Uint8Array): void {
    const { seen } = this.observer;
    if (seen.length === 0) return;
    const envelope = change(at(seen, choice).envelope);
    for (const [i, { device }] of this.parties.entries()) {
      if (!device.isOnline) continue;
      if (((choice >> i) & 1) === 0) this.#meddler.deliver(device.pk, envelope);
      else this.#meddler.deposit(device.pk, envelope);
    }
  }
}

function flipped(envelope: Uint8Array, choice: number): Uint8Array {
  const changed = envelope.slice();
  const index = (choice >> 3) % changed.length;
  changed[index] = (changed[index] ?? 0) ^ (1 << (choice & 7));
  return changed;
}

/** Some item: the choice may be any number. */
function at<T>(items: readonly T[], choice: number): T {
  const item = items[choice % items.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
