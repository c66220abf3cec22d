import type { StorageLimits } from '../../../lib/storage/storage-limits';
import { systemRandom } from '../../../lib/platform/random';
import type { Carrier, Stopwatch } from '../contest';
import { messagesOf, MOST_ON_DISK, type Topology } from '../topology';
import type { Party } from './party';
import { World, type PartyOptions } from './world';

/** With fewer messages on each way than this, full stocks of keys would take longer to make than all else. */
const FEW_MESSAGES = 20;
/** Storage nodes: as many as there are to be copies. */
const NODES = 3;

export interface OurCarrierInit {
  readonly folder: string;
  readonly topology: Topology;
  /** Offline: sender and recipient are never there together while messages travel. */
  readonly way: 'offline' | 'direct';
  /** Bytes of each text. */
  readonly size: number;
  /** What the nodes take; absent: what they take by themselves. */
  readonly storageLimits?: Partial<StorageLimits>;
}

interface Link {
  readonly sender: Party;
  readonly recipient: Party;
}

/** Senders, recipients and three storage nodes, all in this process. */
export class OurCarrier implements Carrier {
  readonly messagesPerRound: number;
  readonly world: World;
  readonly #init: OurCarrierInit;
  readonly #senders: readonly Party[];
  readonly #recipients: readonly Party[];
  readonly #links: readonly Link[];
  /** Messages so far of each sender, and of each recipient. */
  readonly #sent = new Map<Party, number>();

  private constructor(
    init: OurCarrierInit,
    world: World,
    parties: { senders: readonly Party[]; recipients: readonly Party[]; links: readonly Link[] },
  ) {
    this.#init = init;
    this.world = world;
    this.#senders = parties.senders;
    this.#recipients = parties.recipients;
    this.#links = parties.links;
    this.messagesPerRound = messagesOf(init.topology);
  }

  static async open(init: OurCarrierInit): Promise<OurCarrier> {
    const { folder, topology, storageLimits = {} } = init;
    const world = new World(folder);
    const limits = keysFor(topology);
    const nodes = await openAll(NODES, (i) => world.open(`node${i}`, { storageLimits, limits }));
    const openUsers = (name: string, count: number) =>
      openAll(count, (i) => {
        const open = count > MOST_ON_DISK ? world.openInMemory.bind(world) : world.open.bind(world);
        return open(`${name}${i}`, { storageRole: 'off', limits });
      });
    const senders = await openUsers('sender', topology.senders);
    const recipients = await openUsers('recipient', topology.recipients);
    const links = topology.links.flatMap(([from, to]) => {
      const [sender, recipient] = [senders[from], recipients[to]];
      return sender && recipient ? [{ sender, recipient }] : [];
    });
    for (const user of [...senders, ...recipients]) for (const node of nodes) world.meet(user, node);
    for (const { sender, recipient } of links) world.meet(sender, recipient);
    for (const { manager } of [...nodes, ...senders, ...recipients]) await manager.start();
    const carrier = new OurCarrier(init, world, { senders, recipients, links });
    await carrier.meet();
    return carrier;
  }

  async round(watch: Stopwatch): Promise<void> {
    if (this.#init.way === 'direct') {
      await watch.run(() => Promise.all([this.#send(), this.#allDelivered(), this.#allTaken()]));
    } else {
      await this.recipientsLeave();
      await watch.run(() => this.deposit());
      await watch.run(() => this.sendersLeave());
      await watch.run(() => this.fetch());
      await watch.run(() => this.sendersReturn());
    }
    await this.meet();
  }

  async recipientsLeave(): Promise<void> {
    await Promise.all(this.#recipients.map(({ transport }) => transport.setOnline(false)));
    await Promise.all(this.#links.map(({ sender, recipient }) => sender.misses(recipient)));
  }

  /** Until as many nodes as wanted have each message. */
  async deposit(): Promise<void> {
    await Promise.all([this.#send(), ...this.#senders.map((sender) => this.#all(sender, sender.stored))]);
  }

  async sendersLeave(): Promise<void> {
    await Promise.all(this.#senders.map(({ transport }) => transport.setOnline(false)));
  }

  /** The recipients come: until the last message is handed over. */
  async fetch(): Promise<void> {
    await Promise.all(this.#recipients.map(({ transport }) => transport.setOnline(true)));
    await this.#allTaken();
  }

  /** Until every sender has every receipt. */
  async sendersReturn(): Promise<void> {
    await Promise.all(this.#senders.map(({ transport }) => transport.setOnline(true)));
    await this.#allDelivered();
  }

  /** All are online; the senders get the keys for the next round. */
  async meet(): Promise<void> {
    const { perLink } = this.#init.topology;
    await Promise.all(this.#links.map(({ sender, recipient }) => sender.refill(recipient, perLink)));
  }

  close(): Promise<void> {
    return this.world.close();
  }

  async #send(): Promise<void> {
    const { perLink } = this.#init.topology;
    const sends: Promise<unknown>[] = [];
    for (const { sender, recipient } of this.#links) {
      for (const party of [sender, recipient]) this.#sent.set(party, (this.#sent.get(party) ?? 0) + perLink);
      for (let i = 0; i < perLink; i += 1) {
        sends.push(sender.manager.sendAsyncMessage(recipient.key, textOf(this.#init.size)));
      }
    }
    await Promise.all(sends);
  }

  #allDelivered(): Promise<unknown> {
    return Promise.all(this.#senders.map((sender) => this.#all(sender, sender.delivered)));
  }

  #allTaken(): Promise<unknown> {
    return Promise.all(this.#recipients.map((recipient) => this.#all(recipient, recipient.taken)));
  }

  /** Resolves when `counter` has all messages of this party so far. */
  #all(party: Party, counter: { reach(count: number): Promise<void> }): Promise<void> {
    return counter.reach(this.#sent.get(party) ?? 0);
  }
}

/** Stocks of one-time keys that last for a round, none of them kept for urgent messages; of few messages, for two. */
function keysFor({ perLink }: Topology): NonNullable<PartyOptions['limits']> {
  if (perLink >= FEW_MESSAGES) return { urgentKeysPerPeer: 0 };
  return { preKeysPerPeer: 4 * perLink, preKeyRefreshThreshold: 2 * perLink, urgentKeysPerPeer: 0 };
}

function openAll(count: number, open: (i: number) => Promise<Party>): Promise<Party[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => open(i)));
}

/** One that does not get shorter when it is compressed. */
function textOf(size: number): string {
  return Buffer.from(systemRandom.bytes(size)).toString('base64').slice(0, size);
}
