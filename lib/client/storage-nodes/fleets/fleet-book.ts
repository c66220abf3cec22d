import { copyOf, sameBytes, textOfBytes as textOf } from '../../../bytes';
import { ByteMap } from '../../../byte-map';
import { PeerMap } from '../../../peer-map';
import { TokenBucket } from '../../../platform/token-bucket';
import { certifies, type FleetCertificate } from '../../../protocol/fleet/certificate';
import type { Store, WriteBatch } from '../../../store/store';
import { Table } from '../../../store/table';
import type { Logger, PublicKey } from '../../../types';

/** Fleets without a node among the friends that are remembered: a friend may invent as many as it likes. */
const MOST_OLD_FLEETS = 64;
/** New certificates of one node: each costs a signature, a write, and a look at all that waits. */
const NEWS = { burst: 4, perSecond: 1 / 60 };

interface FleetRecord {
  /** The highest that was seen; lower ones are ignored. */
  readonly serial: number;
  /** Age in seconds at which it was first seen. */
  readonly seenAt: number;
}

type NodeRecord = Pick<FleetCertificate, 'fleetKey' | 'serial' | 'valid' | 'replicas'>;

/** A fleet to which a node belongs now. */
export interface Fleet {
  readonly key: Uint8Array;
  readonly replicas: number;
}

export interface FleetBookComponents {
  readonly store: Store;
  /** Durable seconds. */
  readonly ages: { now(): number };
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Which friends are nodes of which fleet, by the certificates that they showed (docs/PROTOCOL.md, "Fleets"). Writes are
 * best effort: a node shows its certificate in each session.
 */
export class FleetBook {
  readonly #components: FleetBookComponents;
  readonly #fleetTable: Table<FleetRecord>;
  readonly #nodeTable: Table<NodeRecord>;
  readonly #fleets = new ByteMap<FleetRecord>();
  readonly #nodes = new PeerMap<{ readonly node: PublicKey; readonly record: NodeRecord }>();
  readonly #news = new PeerMap<TokenBucket>();
  /** Certificates with a wrong signature, since the start. */
  forged = 0;

  constructor(components: FleetBookComponents) {
    this.#components = components;
    this.#fleetTable = new Table(components.store, 'fleet');
    this.#nodeTable = new Table(components.store, 'fleet-node');
    for (const { rest, record } of this.#fleetTable.soundEntries()) {
      if (record !== undefined) this.#fleets.set(copyOf(rest), record);
    }
    for (const { rest, record } of this.#nodeTable.soundEntries()) {
      if (record !== undefined) this.#nodes.set(rest, { node: copyOf(rest), record });
    }
  }

  /**
   * The node showed it in a proven session. More than one new one a minute is ignored: the node shows it in its next
   * session again.
   * @returns whether anything changed
   */
  note(node: PublicKey, certificate: FleetCertificate): boolean {
    const { fleetKey, serial, valid, replicas } = certificate;
    const fleet = this.#fleets.get(fleetKey);
    if (fleet !== undefined && serial < fleet.serial) return false;
    const record = { fleetKey: copyOf(fleetKey), serial, valid, replicas };
    const before = this.#nodes.get(node)?.record;
    if (fleet?.serial === serial && before !== undefined && isSame(before, record)) return false;
    if (!this.#mayBringNews(node)) return false;
    if (!certifies(certificate, node)) {
      this.forged += 1;
      return false;
    }
    this.#nodes.set(node, { node: copyOf(node), record });
    const newest = fleet?.serial === serial ? fleet : { serial, seenAt: this.#components.ages.now() };
    this.#fleets.set(record.fleetKey, newest);
    const old = this.#tooOld();
    for (const key of old) this.#fleets.delete(key);
    this.#write((writes) => {
      this.#nodeTable.put(writes, [node], record);
      this.#fleetTable.put(writes, [record.fleetKey], newest);
      for (const key of old) this.#fleetTable.delete(writes, [key]);
    });
    return true;
  }

  /** The fleet that certifies this node now. */
  fleetOf(node: PublicKey): Fleet | undefined {
    // Most know of none, and are asked some 80 times a message.
    if (this.#nodes.size === 0) return undefined;
    const record = this.#nodes.get(node)?.record;
    const fleet = record && this.#fleets.get(record.fleetKey);
    if (record === undefined || fleet === undefined || record.serial !== fleet.serial) return undefined;
    const isOver = this.#components.ages.now() - fleet.seenAt >= record.valid;
    return isOver ? undefined : { key: record.fleetKey, replicas: record.replicas };
  }

  /** Whether a fleet certified it once and does not any more: it left, or what it keeps may be cut off from the fleet. */
  isFormer(node: PublicKey): boolean {
    return this.#nodes.get(node) !== undefined && this.fleetOf(node) === undefined;
  }

  /** Age in seconds at which the next node's certificate will be over; undefined: there is none that will. */
  nextEnd(): number | undefined {
    const now = this.#components.ages.now();
    let next: number | undefined;
    for (const { record } of this.#nodes.values()) {
      const fleet = this.#fleets.get(record.fleetKey);
      if (fleet?.serial !== record.serial) continue;
      const end = fleet.seenAt + record.valid;
      if (end > now && (next === undefined || end < next)) next = end;
    }
    return next;
  }

  /** Other friends that the same fleet certifies now. */
  twinsOf(node: PublicKey): PublicKey[] {
    const fleet = this.fleetOf(node);
    if (fleet === undefined) return [];
    return [...this.#nodes.values()]
      .map((each) => each.node)
      .filter((other) => !sameBytes(other, node))
      .filter((other) => sameBytes(this.fleetOf(other)?.key ?? other, fleet.key));
  }

  /** The peer is no longer a friend. The serial of its fleet stays. */
  forget(node: PublicKey): void {
    this.#news.delete(node);
    if (!this.#nodes.delete(node)) return;
    this.#write((writes) => this.#nodeTable.delete(writes, [node]));
  }

  #mayBringNews(node: PublicKey): boolean {
    const { ages } = this.#components;
    const bucket = this.#news.get(node) ?? new TokenBucket(NEWS, () => ages.now() * 1000);
    this.#news.set(node, bucket);
    return bucket.take() === 0;
  }

  /** Fleets beyond those that may be remembered without a node. */
  #tooOld(): Uint8Array[] {
    const used = new Set([...this.#nodes.values()].map(({ record }) => textOf(record.fleetKey)));
    const unused = [...this.#fleets.keys()].filter((key) => !used.has(textOf(key)));
    return unused.slice(0, Math.max(0, unused.length - MOST_OLD_FLEETS));
  }

  #write(change: (writes: WriteBatch) => void): void {
    const writes = this.#components.store.batch();
    change(writes);
    writes.commit().catch((error: unknown) => {
      this.#components.log.warn(`The fleet of a storage node could not be saved: ${String(error)}`);
    });
  }
}

function isSame(a: NodeRecord, b: NodeRecord): boolean {
  return (
    sameBytes(a.fleetKey, b.fleetKey) &&
    a.serial === b.serial &&
    a.valid === b.valid &&
    a.replicas === b.replicas
  );
}
