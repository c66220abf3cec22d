import { PeerMap } from '../../../../lib/peer-map';
import type { CryptoProvider } from '../../../../lib/crypto/provider';
import { microtasks, SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { VirtualNetwork } from '../../../../lib/transport/virtual/virtual-network';
import type { PublicKey } from '../../../../lib/types';
import { Lives } from '../lives';
import { LyingNode } from './lying-node';
import type { Incident, TownPlan } from './plans/plan';
import { ResidentCopy } from './resident-copy';
import { TownLedger, type Letter } from './town-ledger';
import type { TownParts } from './town-parts';

/** One identity: its copies, the first one named like it, and which of them has the place on the network. */
interface Home {
  readonly copies: ResidentCopy[];
  here: ResidentCopy;
}

/** Residents in simulated time who do and suffer what a plan says. */
export class Town {
  readonly ledger: TownLedger;
  /** What sessions warned of, for whoever looks for the cause of a violation. */
  readonly said: string[] = [];
  readonly #plan: TownPlan;
  readonly #parts: TownParts;
  readonly #homes = new Map<number, Home>();
  readonly #liars = new Map<number, LyingNode>();
  readonly #numbers = new PeerMap<number>();

  constructor(plan: TownPlan, crypto: CryptoProvider) {
    this.#plan = plan;
    const time = new SimulatedTime(undefined, microtasks);
    const random = new SeededRandom(plan.seed);
    const lives = new Lives();
    this.ledger = new TownLedger(lives);
    const friends = new Set(plan.friends.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
    const areFriends = (one: string, other: string) => friends.has(`${one} ${other}`);
    this.#parts = {
      time,
      random,
      crypto,
      lives,
      ledger: this.ledger,
      network: new VirtualNetwork({ timers: time.timers, random, areFriends }),
      numberOf: (key) => this.#numberOf(key),
      keyOf: (resident) => this.#keyOf(resident),
      isDurable: (letter) => this.#isDurable(letter),
      say: (text) => this.said.push(`${time.clock.monotonic()} ${text}`),
    };
  }

  /** All of it. @param look is called about every simulated hour, with milliseconds from the start */
  async run(look: (at: number) => void = () => undefined): Promise<void> {
    const { time } = this.#parts;
    for (const [number, resident] of this.#plan.residents.entries()) {
      if (resident.absent) continue;
      if (resident.lie !== undefined) {
        const liar = new LyingNode(this.#parts, resident.lie);
        this.#liars.set(number, liar);
        await liar.start(String(number));
        continue;
      }
      const copy = new ResidentCopy(this.#parts, number, resident, resident.name);
      this.#homes.set(number, { copies: [copy], here: copy });
      copy.start(true);
    }
    let lookedAt = 0;
    for (const incident of this.#plan.incidents) {
      await time.advance(incident.at - time.clock.monotonic());
      this.#suffer(incident);
      // Simulated time never waits for the real loop, which has signals to hear.
      await new Promise(setImmediate);
      if (incident.at - lookedAt > 3_600_000) look((lookedAt = incident.at));
    }
    await time.advance(this.#plan.ends - time.clock.monotonic());
  }

  /** The copies of a resident. */
  copiesOf(number: number): readonly ResidentCopy[] {
    return this.#homes.get(number)?.copies ?? [];
  }

  get lives(): Lives {
    return this.#parts.lives;
  }

  #suffer(incident: Incident): void {
    const { network } = this.#parts;
    if (incident.kind === 'weather') {
      network.conditions.jitterMs = incident.jitter;
      network.conditions.breakChance = incident.breaks;
      return;
    }
    const home = this.#homes.get(incident.who);
    if (incident.kind === 'drop' || incident.kind === 'partition' || incident.kind === 'heal') {
      const [one, other] = [this.#keyOf(incident.who), this.#keyOf(incident.to)];
      if (one && other) network[incident.kind](one, other);
      return;
    }
    if (home === undefined) return;
    const { here } = home;
    switch (incident.kind) {
      case 'send':
        return here.send(incident);
      case 'cancel':
        return this.#cancel(here, incident.to);
      case 'online':
      case 'offline':
        return here.setOnline(incident.kind === 'online');
      case 'start':
        return here.start(true);
      case 'stop':
        return here.stop();
      case 'crash':
        return here.crash(incident);
      case 'step-clock':
        for (const copy of home.copies) copy.skew += incident.by;
        return;
      case 'backup':
        return here.backUp();
      case 'restore-directory':
        return here.restore('directory');
      case 'restore-identity':
        return here.restore('identity');
      case 'clone':
        return this.#takeOver(incident.who, home);
    }
  }

  #cancel(by: ResidentCopy, to: number): void {
    const { letters } = this.ledger;
    for (let i = letters.length - 1; i >= Math.max(0, letters.length - 200); i -= 1) {
      const letter = letters[i];
      if (letter?.from !== by.number || letter.to !== to || !letter.accepted) continue;
      if (letter.endings.length === 0) return by.cancel(letter);
    }
  }

  #takeOver(number: number, home: Home): void {
    const { here } = home;
    let other = home.copies.find((copy) => copy !== here);
    here.depart();
    if (other === undefined) {
      other = new ResidentCopy(this.#parts, number, here.resident, `${here.name}'`);
      home.copies.push(other);
      here.cloneTo(other);
    } else other.follow(here);
    home.here = other;
    if (other.isUp) other.join();
    else other.start(true);
  }

  #keyOf(number: number): PublicKey | undefined {
    return this.#liars.get(number)?.publicKey ?? this.#homes.get(number)?.copies[0]?.publicKey;
  }

  #numberOf(key: PublicKey): number | undefined {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    for (const number of this.#homes.keys()) {
      const other = this.#keyOf(number);
      if (other) this.#numbers.set(other, number);
    }
    return this.#numbers.get(key);
  }

  #isDurable({ from, to, id }: Letter): boolean {
    const sender = this.#keyOf(from);
    return sender !== undefined && this.copiesOf(to).some((copy) => copy.knows(sender, id ?? ''));
  }
}
