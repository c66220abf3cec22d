import { copyOf } from '../../bytes';
import { PeerMap } from '../../peer-map';
import type { Clock } from '../../platform/clock';
import type { Store } from '../../store/store';
import { Table } from '../../store/table';
import type { Logger, PublicKey } from '../../types';
import { NodeHealth, type HealthGrade, type HealthRecord } from './node-health';

/** What is learnt of a node is written at most so often, milliseconds, and whenever its grade changes. */
const SAVE_EVERY = 3_600_000;

export interface HealthBookComponents {
  readonly store: Store;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * The health of all nodes, kept over restarts: a node that acknowledges and discards would else be a good one after each.
 * Writes are best effort, and lose an hour at most of what changed no grade.
 */
export class HealthBook {
  readonly #components: HealthBookComponents;
  readonly #table: Table<HealthRecord>;
  readonly #nodes = new PeerMap<{ readonly health: NodeHealth; savedAt: number }>();

  constructor(components: HealthBookComponents) {
    this.#components = components;
    this.#table = new Table(components.store, 'node-health');
    for (const { rest, record } of this.#table.soundEntries()) {
      if (record !== undefined)
        this.#nodes.set(copyOf(rest), { health: new NodeHealth(record), savedAt: -Infinity });
    }
  }

  gradeOf(node: PublicKey): HealthGrade {
    return this.#nodes.get(node)?.health.grade ?? 0;
  }

  /** Milliseconds in which it answers, smoothed; Infinity: not known. */
  answersWithin(node: PublicKey): number {
    return this.#nodes.get(node)?.health.answersWithin ?? Infinity;
  }

  /** Something was learnt of a node. @returns whether its grade changed */
  note(node: PublicKey, learn: (health: NodeHealth) => void): boolean {
    const known = this.#nodes.getOrInsert(node, () => ({ health: new NodeHealth(), savedAt: -Infinity }));
    const { health } = known;
    const [grade, { good, bad }] = [health.grade, health.record];
    learn(health);
    const isChange = health.grade !== grade;
    const isNews = health.record.good !== good || health.record.bad !== bad;
    const now = this.#components.clock.monotonic();
    if (isChange || (isNews && now - known.savedAt >= SAVE_EVERY)) {
      known.savedAt = now;
      void this.#save(copyOf(node), health.record);
    }
    return isChange;
  }

  /** The peer is no longer a friend. */
  forget(node: PublicKey): void {
    if (this.#nodes.delete(node)) void this.#save(copyOf(node), undefined);
  }

  /** Never rejects. */
  async #save(node: PublicKey, record: HealthRecord | undefined): Promise<void> {
    try {
      const batch = this.#components.store.batch();
      if (record === undefined) this.#table.delete(batch, [node]);
      else this.#table.put(batch, [node], record);
      await batch.commit();
    } catch (error) {
      this.#components.log.warn(`The health of a storage node could not be saved: ${String(error)}`);
    }
  }
}
