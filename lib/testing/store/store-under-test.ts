import { utf8 } from '../../bytes';
import type { RangeOptions, Store } from '../../store/store';

/** One place on a disk, real or not, where a store can be opened again and again. */
export interface StorePlace {
  /** Opens the store that lies here; the one opened before is closed by then. */
  open(): Promise<Store>;
  /** Ends the place and everything in it; no store on it is open. */
  remove(): Promise<void>;
}

/** Every key that the suites use. */
export const ALL: RangeOptions = { gte: new Uint8Array(), lt: new Uint8Array(8).fill(0xff) };

/** The store of one test, in a place of its own. */
export class StoreUnderTest {
  readonly #place: StorePlace;
  #store: Store;

  private constructor(place: StorePlace, store: Store) {
    this.#place = place;
    this.#store = store;
  }

  static async open(makePlace: () => Promise<StorePlace>): Promise<StoreUnderTest> {
    const place = await makePlace();
    return new StoreUnderTest(place, await place.open());
  }

  get store(): Store {
    return this.#store;
  }

  /** One record, durable on return. */
  put(key: string, value = key): Promise<void> {
    return this.#store.batch().put(utf8(key), utf8(value)).commit();
  }

  /** Every key, in order, as text. */
  keys(): string[] {
    return keysOf(this.#store);
  }

  async reopen(): Promise<void> {
    await this.#store.close();
    this.#store = await this.#place.open();
  }

  async remove(): Promise<void> {
    await this.#store.close();
    await this.#place.remove();
  }
}

/** Defines one test that gets a new, empty store. */
export type StoreTest = (title: string, body: (under: StoreUnderTest) => void | Promise<void>) => void;

/** Every key of a store, in order, as text. */
export function keysOf(store: Store): string[] {
  return [...store.range(ALL)].map(([key]) => textOf(key));
}

/** The text that these bytes are. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
