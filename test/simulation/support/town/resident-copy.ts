import { fromHex, toHex } from '../../../../lib/bytes';
import type { AsyncManager } from '../../../../lib/manager/async-manager';
import type { VirtualTransport } from '../../../../lib/transport/virtual/virtual-transport';
import type { PublicKey } from '../../../../lib/types';
import { faultyTransport } from '../../../chaos/support/faulty-platform';
import { Life } from '../../../chaos/support/life';
import { MemoryDirectory } from '../../../support/memory-directory';
import { textOf } from '../../../support/text-of';
import { Lineage, type Copy, type Moment } from '../lives';
import { openSession } from './open-session';
import { AIM_MS, type IncidentOf, type Resident } from './plans/plan';
import type { Letter } from './town-ledger';
import type { TownParts } from './town-parts';

/** How long a commit takes, milliseconds: a crash can meet it under way. */
const COMMIT_MS = 3;

type Death = Pick<IncidentOf<'crash'>, 'how' | 'silent'>;

/** One run of the program. */
interface Run {
  readonly life: Life;
  manager?: AsyncManager;
  transport?: VirtualTransport;
  /** How it dies when its life ends; an orderly end has none. */
  death?: Death;
}

/** A running copy of an identity on a data directory of its own, over all of its lives. */
export class ResidentCopy implements Copy {
  memory: MemoryDirectory;
  /** Of the identity, known from the first start on. */
  publicKey: PublicKey | undefined;
  /** By how much its wall clock differs, milliseconds. */
  skew: number;
  readonly #parts: TownParts;
  /** Identity and friends when it stopped last, to be restored from. */
  #profile: Uint8Array | undefined;
  #run: Run | undefined;
  #backup: { readonly taken: Moment; readonly directory: MemoryDirectory } | undefined;
  /** What was begun last; the next thing waits for it. */
  #busy: Promise<void> = Promise.resolve();

  constructor(
    parts: TownParts,
    readonly number: number,
    readonly resident: Resident,
    readonly copy: string,
  ) {
    this.#parts = parts;
    this.skew = resident.skew;
    this.memory = this.#newMemory();
  }

  get name(): string {
    return this.resident.name;
  }

  /** It runs, or is about to. */
  get isUp(): boolean {
    return this.#run !== undefined;
  }

  /** The session, while it runs. */
  get manager(): AsyncManager | undefined {
    return this.#run?.life.dead === true ? undefined : this.#run?.manager;
  }

  /** @param joins whether it takes the identity's place on the network */
  start(joins: boolean): void {
    if (this.#run) return;
    const died = new Promise<void>((resolve) => {
      const end = () => {
        this.#ended(run);
        resolve();
      };
      this.#run = { life: new Life(end) };
    });
    const run: Run = this.#run!;
    this.#parts.lives.begin(this);
    this.#then(() => (run.life.dead ? undefined : Promise.race([died, this.#start(run, joins)])));
  }

  /** In an orderly way. */
  stop(): void {
    const run = this.#run;
    this.#run = undefined;
    this.#then(async () => {
      if (run === undefined || run.life.dead) return;
      this.#profile = (await run.manager?.exportIdentity()) ?? this.#profile;
      await run.manager?.stop();
      await run.transport?.leave();
      run.life.end();
    });
  }

  /** Its life ends with what a killed process or a power cut leaves on the disks. */
  crash({ point, how, silent }: IncidentOf<'crash'>): void {
    const run = this.#run;
    if (run === undefined || run.life.dead) return;
    run.death ??= { how, silent };
    if (point === undefined) return run.life.end();
    run.life.arm({ point, occurrence: 1 });
    this.#parts.time.timers.after(AIM_MS, () => run.life.end());
  }

  setOnline(online: boolean): void {
    const run = this.#run;
    this.#then(() => run?.transport?.setOnline(online));
  }

  /** Gives up the identity's place on the network, and runs on. */
  depart(): void {
    const run = this.#run;
    this.#then(async () => {
      if (run === undefined || run.life.dead) return;
      await run.transport?.leave();
      delete run.transport;
      await run.manager?.detachTransport();
    });
  }

  /** Takes that place. */
  join(): void {
    const run = this.#run;
    this.#then(async () => {
      if (run?.manager && !run.life.dead && !run.transport) await this.#join(run, run.manager);
    });
  }

  send({ to, bytes, lifetime, options = {} }: IncidentOf<'send'>): void {
    const { ledger, time, keyOf } = this.#parts;
    const run = this.#run;
    const key = keyOf(to);
    if (run?.manager === undefined || key === undefined) return;
    const written = { from: this.number, to, bytes, lifetimeMs: lifetime * 1000, options };
    const { letter, text } = ledger.ask(written);
    run.manager.sendAsyncMessage(key, text, 0, { lifetime, ...options }).then(
      ({ messageId }) => {
        if (!run.life.dead) ledger.accept(letter, this, { id: toHex(messageId), at: time.clock.monotonic() });
      },
      (error: unknown) => {
        if (!run.life.dead) ledger.refuse(letter, error);
      },
    );
  }

  cancel(letter: Letter): void {
    const key = this.#parts.keyOf(letter.to);
    const id = fromHex(letter.id ?? '');
    if (key === undefined || id === undefined) return;
    this.#run?.manager?.cancel(key, id).catch((error: unknown) => this.#say(this.#run, error));
  }

  backUp(): void {
    this.#then(async () => {
      const taken = this.#parts.lives.now(this);
      this.#backup = { taken, directory: await this.memory.copy() };
    });
  }

  /** While it is down: the directory of the last backup, or a new one with identity and friends alone. */
  restore(what: 'directory' | 'identity'): void {
    if (this.#run) return;
    const { ledger, lives } = this.#parts;
    this.#then(async () => {
      if (what === 'identity' ? this.#profile === undefined : this.#backup === undefined) return;
      const waiting = this.inbox();
      if (what === 'identity') this.memory = this.#newMemory();
      else await this.memory.restore(this.#backup!.directory);
      for (const id of this.inbox()) waiting.delete(id);
      ledger.lose(waiting);
      lives.begin(this, what === 'identity' ? new Lineage() : new Lineage(this.#backup!.taken));
    });
  }

  /** Another copy begins on a copy of this directory as it is now. */
  cloneTo(other: ResidentCopy): void {
    this.#then(async () => {
      const taken = this.#parts.lives.now(this);
      await other.memory.restore(await this.memory.copy());
      other.#profile = this.#profile;
      other.publicKey = this.publicKey;
      this.#parts.lives.begin(other, new Lineage(taken));
    });
    other.follow(this);
  }

  /** What it does next waits until the other copy has done what it was told. */
  follow(other: ResidentCopy): void {
    this.#then(() => other.#busy);
  }

  /** Ids of the messages in the outbox. */
  outbox(): Set<string> {
    return idsIn(this.memory, 'outbox');
  }

  /** Ids of the messages that wait to be handed over. */
  inbox(): Set<string> {
    return idsIn(this.memory, 'inbox');
  }

  /** Whether it took a message from this sender. */
  knows(sender: PublicKey, id: string): boolean {
    const key = Buffer.concat([Buffer.from('tombstone-message/'), sender, Buffer.from(id, 'hex')]);
    return this.memory.volume.index.get(key) !== undefined;
  }

  async #start(run: Run, joins: boolean): Promise<void> {
    const { life } = run;
    const { ledger, time, isDurable, numberOf } = this.#parts;
    const clock = { ...time.clock, wall: () => time.clock.wall() + this.skew };
    const manager = await openSession(this.#parts, {
      life,
      clock,
      memory: this.memory,
      resident: this.resident,
      profile: this.#profile,
      say: (text) => this.#say(run, text),
    });
    this.publicKey ??= manager.publicKey.slice();
    manager.events.on('outcome', ({ messageId, state, mayArrive = false }) => {
      const told = { id: toHex(messageId), state, mayArrive, at: time.clock.monotonic() };
      if (!life.dead) ledger.outcome(this, told, isDurable);
    });
    manager.setMessageHandler((message) => {
      if (!life.reach('hand')) return new Promise(() => undefined);
      const { messageId, redelivered, sender } = message;
      ledger.handOver(this, this.number, {
        text: textOf(message),
        id: toHex(messageId),
        sender: numberOf(sender),
        redelivered,
        at: time.clock.monotonic(),
      });
      return life.reach('handed') ? 'done' : new Promise(() => undefined);
    });
    if (joins) await this.#join(run, manager);
    await manager.start();
    run.manager = manager;
  }

  async #join(run: Run, manager: AsyncManager): Promise<void> {
    run.transport = this.#parts.network.join({ publicKey: manager.publicKey, name: String(this.number) });
    await manager.attachTransport(faultyTransport(run.transport, run.life));
  }

  /** A life is over, by a crash unless it was stopped. */
  #ended(run: Run): void {
    const { death, transport } = run;
    if (death === undefined) return;
    if (this.#run === run) this.#run = undefined;
    this.#parts.lives.crashed(this);
    if (death.silent) transport?.vanish();
    else void transport?.leave();
    const { random } = this.#parts;
    const { volume, disk } = this.memory;
    // Whoever calls now is in the middle of something, of which nothing more happens.
    queueMicrotask(() => {
      volume.crash(random);
      if (death.how === 'power-cut') disk.crash(random);
    });
  }

  #newMemory(): MemoryDirectory {
    return new MemoryDirectory({ timers: this.#parts.time.timers, ms: COMMIT_MS });
  }

  #then(task: () => Promise<void> | undefined): void {
    this.#busy = this.#busy.then(task).catch((error: unknown) => this.#say(this.#run, error));
  }

  /** Warnings of the session, and what it rejected with, are for whoever looks for the cause of a violation. */
  #say(run: Run | undefined, what: unknown): void {
    if (run?.life.dead !== true) this.#parts.say(`${this.copy}: ${String(what)}`);
  }
}

function idsIn(memory: MemoryDirectory, table: string): Set<string> {
  return new Set(memory.table<{ messageId: Uint8Array }>(table).map(({ messageId }) => toHex(messageId)));
}
