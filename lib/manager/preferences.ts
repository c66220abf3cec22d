import { utf8 } from '../bytes';
import type { Store } from '../store/store';
import { Table } from '../store/table';

/** Small durable settings of the application that runs the session; JSON values by name. */
export class Preferences {
  readonly #store: Store;
  readonly #table: Table<{ json: string }>;

  constructor(store: Store) {
    this.#store = store;
    this.#table = new Table(store, 'preference');
  }

  /** undefined also for one that the disk spoiled: it costs no more than itself. */
  get(name: string): unknown {
    for (const { rest, record } of this.#table.soundEntries(utf8(name))) {
      if (rest.length === 0 && record !== undefined)
        return (JSON.parse(record.json) as { value?: unknown }).value;
    }
    return undefined;
  }

  /** Durable on return. @throws ErrLocalStorageFull, ErrStore */
  async set(name: string, value: unknown): Promise<void> {
    const writes = this.#store.batch();
    this.#table.put(writes, [utf8(name)], { json: JSON.stringify({ value }) });
    await writes.commit();
  }
}
