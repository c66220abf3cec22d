import { compareBytes, copyOf } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { PeerSet } from '../../peer-map';
import type { Clock } from '../../platform/clock';
import type { Random } from '../../platform/random';
import type { HelloFlags } from '../../protocol/session/hello';
import type { Store, WriteBatch } from '../../store/store';
import type { KeyPair, Logger, PublicKey } from '../../types';
import { LastSeen } from './last-seen';
import { NamedNodes } from './named-nodes';
import { NodeAbsence } from './node-absence';
import { FleetBook } from './fleets/fleet-book';
import { HealthBook } from './health-book';
import type { HealthGrade, NodeHealth } from './node-health';
import { NodeHolds } from './node-holds';
import { NodeRecords } from './node-records';
import { readOpenNodes, readOpenNodeAddress, type OpenNodeAddress } from './open-node-address';
import { NodeChoice, type PlacedMail } from './node-choice';
import { Placement } from './placement';
import { SharedStores } from './fleets/shared-stores';
import { hintsOf, MAX_HINTS, MAX_OPEN_NODES, openAddresses } from './state-names';
import { WithheldMail } from './withheld-mail';

export interface StorageNodesOptions {
  readonly crypto: CryptoProvider;
  readonly clock: Clock;
  readonly random: Random;
  /** Durable seconds. */
  readonly ages: { now(): number };
  readonly store: Store;
  readonly identity: KeyPair;
  /** Our Tox address, 38 bytes, while we are an open node. */
  readonly ownAddress: () => Uint8Array | undefined;
  /** Whether there is a session with this peer now. */
  readonly connected: (peer: PublicKey) => boolean;
  readonly log: Logger;
}

/**
 * Which friends store mail, how well they do, and which of them to use for whom (docs/PROTOCOL.md, "Which nodes").
 * What friends say of themselves survives a restart, and so does what we found out about their health.
 */
export class StorageNodes {
  /** Nodes that take no deposits for now. */
  readonly holds: NodeHolds;
  readonly fleets: FleetBook;
  readonly stores: SharedStores;
  readonly #o: StorageNodesOptions;
  readonly #records: NodeRecords;
  readonly #named: NamedNodes;
  readonly #health: HealthBook;
  readonly #seen: LastSeen;
  readonly #placement: Placement;
  readonly #choice: NodeChoice;
  readonly #absence: NodeAbsence;
  readonly #withheld: WithheldMail;

  constructor(options: StorageNodesOptions) {
    this.#o = options;
    this.#records = new NodeRecords(options.store, options.log);
    this.#health = new HealthBook(options);
    this.#named = new NamedNodes(options.store);
    this.#placement = new Placement(options);
    this.#withheld = new WithheldMail({ records: this.#records, ages: options.ages });
    this.fleets = new FleetBook(options);
    const parts = { records: this.#records, placement: this.#placement, fleets: this.fleets };
    this.stores = new SharedStores(parts);
    const [stores, withheld, health] = [this.stores, this.#withheld, this.#health];
    this.#choice = new NodeChoice({ ...parts, stores, withheld, health }, options);
    this.#absence = new NodeAbsence(options.clock);
    this.#seen = new LastSeen({ ...options, silence: (peer) => this.silence(peer) });
    this.holds = new NodeHolds({
      ...options,
      onFull: (node) => this.#judge(node, (health) => health.noteRefusal()),
    });
  }

  /** We came online ourselves, or went offline. */
  noteOnline(online: boolean): void {
    this.#absence.noteOnline(online);
  }

  /** It proved a session; the flags are those of its hello. */
  noteSession(peer: PublicKey, { acceptsStores, openNode }: HelloFlags): void {
    this.#records.update(peer, { acceptsStores, openNode });
    this.#choice.noteChange();
    this.#seenNow(peer);
    this.#health.note(peer, (health) => health.noteReturn());
    this.holds.release(peer);
    this.noteHeard(peer);
  }

  /** There is proof that the friend runs: a session, a receipt, or mail that it sealed. */
  noteHeard(friend: PublicKey): void {
    this.#withheld.noteHeard(friend);
  }

  /** The life of a message for this friend that lay on nodes since age `depositedAt` is over without a receipt. */
  noteUnconfirmed(friend: PublicKey, depositedAt: number): void {
    this.#withheld.noteUnconfirmed(friend, depositedAt);
  }

  /**
   * The user says that this friend is a storage node: it is asked for our mail from now on, whatever it said so far,
   * and senders hear of it. Whether it takes mail is for its hello to say. Durable on return.
   * @throws ErrLocalStorageFull, ErrStore, ErrClosed
   */
  name(node: PublicKey): Promise<void> {
    return this.#named.add(node);
  }

  /** With `writes`: it is no longer a friend. */
  unname(writes: WriteBatch, node: PublicKey): void {
    this.#named.remove(writes, node);
  }

  /** Its session ended. */
  noteGone(peer: PublicKey): void {
    this.#choice.noteChange();
    this.#seenNow(peer);
  }

  /** A state of it came, and is applied. */
  noteMet(friend: PublicKey): void {
    this.#records.update(friend, { hasMet: true });
  }

  /** Whether a state of it ever came to this directory. */
  hasMet(friend: PublicKey): boolean {
    return this.#records.get(friend)?.hasMet ?? false;
  }

  /** Whether it holds mail for us, as its state says. */
  noteHoldsMail(peer: PublicKey, holdsMail: boolean): void {
    this.#records.update(peer, { holdsMail });
  }

  /** The nodes that `friend` polls, as its state names them: replaces what it named before. */
  noteHints(friend: PublicKey, hints: readonly Uint8Array[]): void {
    this.#records.update(friend, { hints: hints.slice(0, MAX_HINTS).map((hint) => copyOf(hint)) });
    this.#choice.noteChange();
  }

  /**
   * The open nodes that `friend` polls, as its state names them, and itself when it is one: replaces what it named
   * before. Addresses that are no good are left out. Returns the nodes that it did not name before.
   */
  noteOpenNodes(friend: PublicKey, addresses: readonly Uint8Array[]): OpenNodeAddress[] {
    const { address, openNodes, added } = readOpenNodes(addresses.slice(0, MAX_OPEN_NODES), {
      self: this.#o.identity.publicKey,
      friend,
      before: this.#records.get(friend)?.openNodes,
    });
    this.#records.update(friend, { address, openNodes });
    return added;
  }

  /** The open nodes that `friend` polls, as its last state named them. */
  openNodesOf(friend: PublicKey): OpenNodeAddress[] {
    return (this.#records.get(friend)?.openNodes ?? []).flatMap((each) => readOpenNodeAddress(each) ?? []);
  }

  /** It answered a request as it should. @param took milliseconds until a deposit was answered */
  noteSuccess(peer: PublicKey, took?: number): void {
    this.#seenNow(peer);
    this.#judge(peer, (health) => health.noteSuccess(took));
  }

  /** Whether it has been away for so long, while we were online, that its copies no longer count. */
  isGone(peer: PublicKey): boolean {
    return !this.#isHere(peer) && this.#absence.isGone(peer);
  }

  /** Monotonic milliseconds at which its copies will stop to count unless something happens; Infinity: not by itself. */
  goneAt(peer: PublicKey): number {
    return this.#isHere(peer) ? Infinity : this.#absence.goneAt(peer);
  }

  /** There is a session with it, or with another node that has what it has. */
  #isHere(peer: PublicKey): boolean {
    return this.#o.connected(peer) || this.fleets.twinsOf(peer).some((twin) => this.#o.connected(twin));
  }

  /** A node is certified by a fleet, or is not any more. */
  noteFleetChange(): void {
    this.#choice.noteChange();
  }

  /** It did not answer. */
  noteFailure(peer: PublicKey): void {
    this.#judge(peer, (health) => health.noteFailure());
  }

  /** It confirmed a message and could not serve it. */
  noteBroken(peer: PublicKey): void {
    this.#judge(peer, (health) => health.noteBroken());
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.#records.delete(peer);
    this.#choice.noteChange();
    this.#seen.forget(peer);
    this.#health.forget(peer);
    this.#placement.forget(peer);
    this.#absence.forget(peer);
    this.#withheld.forget(peer);
    this.fleets.forget(peer);
    this.holds.forget(peer);
  }

  /** Seconds since it was last heard of, to the hour; undefined for a peer that never proved a session. */
  silence(peer: PublicKey): number | undefined {
    const heardAt = this.#records.get(peer)?.heardAt;
    return heardAt === undefined ? undefined : this.#o.ages.now() - heardAt;
  }

  /** Whether this peer ever proved a session. */
  hasSpoken(peer: PublicKey): boolean {
    return this.#records.get(peer) !== undefined;
  }

  /** Whether it said that it stores mail for us. */
  isStorageNode(peer: PublicKey): boolean {
    return this.#records.get(peer)?.acceptsStores ?? false;
  }

  /** Whether it said that it has mail for us. */
  holdsMail(peer: PublicKey): boolean {
    return this.#records.get(peer)?.holdsMail ?? false;
  }

  /** How well it works, by our own requests: 0 is the best. */
  gradeOf(peer: PublicKey): HealthGrade {
    return this.#health.gradeOf(peer);
  }

  /** Whether it said that it is an open node. */
  isOpenNode(peer: PublicKey): boolean {
    return this.#records.get(peer)?.openNode ?? false;
  }

  /**
   * Nodes to deposit mail for `recipient` on, best first (docs/PROTOCOL.md, "Which nodes"): those it polls, then by
   * health, then those that never had a copy of `mail`, then by a secret of ours. Never ourselves nor the recipient,
   * only peers with a session who accept stores.
   */
  candidates(recipient: PublicKey, mail?: PlacedMail): PublicKey[] {
    return this.#choice.candidates(recipient, mail);
  }

  /**
   * Friends to ask for our mail, connected or not: they said that they store for us or hold mail of ours, or the user
   * named them.
   */
  polled(): PublicKey[] {
    const polled = this.#records
      .all()
      .filter(({ record }) => record.acceptsStores || record.holdsMail)
      .map(({ peer }) => peer);
    const known = new PeerSet(polled);
    return [...polled, ...this.#named.all().filter((node) => !known.has(node))];
  }

  /** What our state says: hints, in bytewise order, of the 16 healthiest nodes we poll. */
  hintsFor(owner: PublicKey = this.#o.identity.publicKey): Uint8Array[] {
    return hintsOf(this.#o.crypto, owner, this.#healthiest(), (node) => this.fleets.fleetOf(node)?.key);
  }

  /**
   * What our state says to `reader`: our own address while we are an open node, then those of the healthiest open
   * nodes we poll, itself excepted, in bytewise order; 4 in all.
   */
  openNodesFor(reader: PublicKey): Uint8Array[] {
    return openAddresses(this.#records, this.#o.ownAddress(), reader, this.#healthiest());
  }

  /** What we poll, the best first. */
  #healthiest(): PublicKey[] {
    return this.polled()
      .map((peer) => ({ peer, away: this.#seen.awayOf(peer), grade: this.#health.gradeOf(peer) }))
      .sort((a, b) => a.grade - b.grade || a.away - b.away || compareBytes(a.peer, b.peer))
      .map(({ peer }) => peer);
  }

  #judge(peer: PublicKey, learn: (health: NodeHealth) => void): void {
    if (this.#health.note(peer, learn)) this.#choice.noteChange();
  }

  #seenNow(peer: PublicKey): void {
    this.#seen.note(peer);
    this.#absence.noteSeen(peer);
  }
}
