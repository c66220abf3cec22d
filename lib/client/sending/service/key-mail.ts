import type { CryptoProvider } from '../../../crypto/provider';
import type { ForwardSecurityManager } from '../../../forward-security/forward-security-manager';
import { decodeExchange } from '../../../protocol/keys/exchange';
import { encodeMailKeys, MAX_MAIL_KEYS } from '../../../protocol/keys/mail-keys';
import type { WriteBatch } from '../../../store/store';
import type { PublicKey } from '../../../types';
import type { BaseComponents } from '../../components';
import type { Outbox } from '../../journal/outgoing/outbox';
import type { OwedReceipts } from '../../journal/owed-receipts';
import { LONGEST_KEYS_LIFE, type ServiceEntry, type ServiceMail } from '../../journal/service-mail';
import { KEYS_LIFETIME, type ServiceSealing } from './service-sealing';

const DAY = 24 * 60 * 60;
/** Keys are asked for at most this often, seconds. */
const ASK_INTERVAL = DAY;
/** After a friend refused keys by mail it gets none for this long. */
const REFUSED_INTERVAL = DAY;

export interface KeyMailComponents extends Pick<BaseComponents, 'ages' | 'store'> {
  readonly crypto: CryptoProvider;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'hasKeyFor' | 'held' | 'issued'>;
  readonly outbox: Pick<Outbox, 'waitsForKey'>;
  readonly receipts: Pick<OwedReceipts, 'dueCount'>;
  readonly mail: Pick<ServiceMail, 'lastSealed' | 'of' | 'prolong' | 'remove'>;
  readonly sealing: ServiceSealing;
}

/** What is to be done now about the keys that lie on nodes for a friend. */
interface Plan {
  /** Mail whose time is over, or that another takes the place of. */
  readonly leaving: readonly ServiceEntry[];
  readonly ending: readonly ServiceEntry[];
  /** Keys of a new mail; 0: there is none. */
  readonly seals: number;
  /** Ages at which something else may be to do. */
  readonly times: readonly number[];
}

const NOTHING: Omit<Plan, 'times'> = { leaving: [], ending: [], seals: 0 };

/** Mails keys to friends whom we do not meet. */
export class KeyMail {
  readonly #components: KeyMailComponents;

  constructor(components: KeyMailComponents) {
    this.#components = components;
  }

  /** The age at which something is to be done; Infinity: nothing but an event makes a difference. */
  dueAt(peer: PublicKey): number {
    const now = this.#components.ages.now();
    const { leaving, ending, seals, times } = this.#plan(peer);
    if (seals > 0 || leaving.length > 0 || ending.length > 0) return now;
    return Math.min(...times.filter((time) => time > now), Infinity);
  }

  /** What is due, in one durable batch. */
  async send(peer: PublicKey): Promise<void> {
    const { mail, store } = this.#components;
    const { leaving, ending, seals } = this.#plan(peer);
    const writes = store.batch();
    for (const entry of leaving) mail.remove(writes, entry);
    for (const entry of ending) mail.prolong(writes, entry, KEYS_LIFETIME);
    if (seals > 0) await this.#seal(writes, peer, seals);
    if (writes.size > 0) await writes.commit();
  }

  /** Cheap where nothing is due, which is nearly always. */
  #plan(peer: PublicKey): Plan {
    const { mail, ages, forwardSecurity, sealing } = this.#components;
    const { issued, held } = forwardSecurity;
    const mailed = mail.of(peer, 'keys');
    const wanted = issued.shortage(peer, { mail: true });
    const waits = this.#waits(peer);
    const growsAt = issued.shortageGrowsAt(peer);
    if (mailed.length === 0 && wanted === 0 && !waits) return { ...NOTHING, times: [growsAt] };
    const now = ages.now();
    const { keys: lastAt = -Infinity, refused = -Infinity } = mail.lastSealed(peer);
    const underWay = mailed.filter(
      ({ content }) => content.kind === 'keys' && issued.isPending(peer, content.batch),
    );
    const overAt = ({ acceptedAt }: ServiceEntry) => acceptedAt + KEYS_LIFETIME;
    const isOver = (entry: ServiceEntry) => overAt(entry) <= now;
    const asksAt = waits ? lastAt + ASK_INTERVAL : Infinity;
    const due = (wanted > 0 && underWay.every(isOver)) || asksAt <= now;
    const isPossible = sealing.isPossible(peer);
    const seals = due && now - refused >= REFUSED_INTERVAL && isPossible;
    const isReplaceable = held.next(peer, 'keys') !== undefined;
    // Without a key left for another, nothing else asks for keys, or gives them.
    const stays = (entry: ServiceEntry) =>
      underWay.includes(entry) && !seals && !(isOver(entry) && isReplaceable);
    const endsAt = ({ acceptedAt, lifetime }: ServiceEntry) =>
      lifetime < LONGEST_KEYS_LIFE ? acceptedAt + lifetime : Infinity;
    return {
      leaving: mailed.filter((entry) => !stays(entry)),
      ending: mailed.filter((entry) => stays(entry) && endsAt(entry) <= now),
      seals: seals ? Math.min(wanted > 0 ? wanted : MAX_MAIL_KEYS, MAX_MAIL_KEYS) : 0,
      times: [growsAt, refused + REFUSED_INTERVAL, asksAt, ...mailed.map(overAt), ...mailed.map(endsAt)],
    };
  }

  /** A batch that waits for its acknowledgement, or a new one of `count` keys. */
  async #seal(writes: WriteBatch, peer: PublicKey, count: number): Promise<void> {
    const { crypto, forwardSecurity, sealing } = this.#components;
    const { issued } = forwardSecurity;
    const pending = issued.pendingMail(peer, MAX_MAIL_KEYS);
    const { batch, exchange } = pending ?? (await issued.issue(writes, peer, count, { mailed: true }));
    if (pending !== undefined) issued.markMailed(writes, peer, batch);
    const { valid, seed, keys } = decodeExchange(exchange);
    const data = encodeMailKeys({ batch, valid, held: sealing.heldAfter(peer), seed, keys });
    sealing.seal(writes, peer, { kind: 'keys', batch }, data);
    for (const secret of [exchange, seed, data]) crypto.wipe(secret);
  }

  /** A message or a receipt is there that no key is left for. */
  #waits(peer: PublicKey): boolean {
    const { outbox, receipts, forwardSecurity } = this.#components;
    const waits = outbox.waitsForKey(peer) || receipts.dueCount(peer) > 0;
    if (!waits || forwardSecurity.hasKeyFor(peer, 'ordinary')) return false;
    return outbox.waitsForKey(peer) || !forwardSecurity.hasKeyFor(peer, 'sendable');
  }
}
