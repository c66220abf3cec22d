import assert from 'node:assert/strict';
import { compareBytes, toHex } from '../../bytes';
import { randomFraction } from '../../platform/random';
import type { Store } from '../../store/store';
import { SeededRandom } from '../simulated-platform';
import { ALL, type StorePlace } from './store-under-test';

/** Keys are short and of few bytes, so that histories meet the same ones again and again. */
const KEY_BYTES = 2;
const KEY_VALUES = 4;
const VALUE_BYTES = 9;
const ROUNDS = 3;
const BATCHES = 6;
const OPERATIONS = 8;

type Model = Map<string, [Uint8Array, Uint8Array]>;

/** Plays one random history on a new store and a plain map; the seed is in the message of what fails. */
export async function playHistory(seed: number, makePlace: () => Promise<StorePlace>): Promise<void> {
  const chance = new Chance(seed);
  const place = await makePlace();
  const model: Model = new Map();
  try {
    for (let rounds = chance.below(ROUNDS + 1); rounds > 0; rounds -= 1) {
      const store = await place.open();
      await Promise.all(chance.list(BATCHES, () => commitOne(store, model, chance)));
      assertHolds(store, model, chance, seed);
      await store.close();
    }
    const store = await place.open();
    assertHolds(store, model, chance, seed);
    await store.close();
  } finally {
    await place.remove();
  }
}

function commitOne(store: Store, model: Model, chance: Chance): Promise<void> {
  const writes = store.batch();
  chance.list(OPERATIONS, () => {
    const key = chance.key();
    if (chance.below(3) === 0) {
      writes.delete(key);
      model.delete(toHex(key));
    } else {
      const value = chance.bytes(chance.below(VALUE_BYTES + 1));
      writes.put(key, value);
      model.set(toHex(key), [key, value]);
    }
  });
  return writes.commit();
}

function assertHolds(store: Store, model: Model, chance: Chance, seed: number): void {
  const entries = [...model.values()].sort(([a], [b]) => compareBytes(a, b));
  assert.deepEqual([...store.range(ALL)], entries, `history ${seed}`);
  const [gte, lt] = [chance.key(), chance.key()];
  const part = entries.filter(([key]) => compareBytes(key, gte) >= 0 && compareBytes(key, lt) < 0);
  assert.deepEqual([...store.range({ gte, lt })], part, `a part of history ${seed}`);
  const backwards = [...store.range({ gte, lt, reverse: true })];
  assert.deepEqual(backwards, part.reverse(), `a part of history ${seed}, backwards`);
}

/** What a history does next. */
class Chance {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(randomFraction(this.#random) * limit);
  }

  bytes(length: number): Uint8Array {
    return this.#random.bytes(length);
  }

  key(): Uint8Array {
    return this.bytes(1 + this.below(KEY_BYTES)).map((byte) => byte % KEY_VALUES);
  }

  list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }
}
