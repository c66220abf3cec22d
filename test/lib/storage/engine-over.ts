import type { IndexSizes } from '../../../lib/storage/mail-index';
import { openStoreEngine } from '../../../lib/storage/store-engine';
import type { Store } from '../../../lib/store/store';
import type { EngineUnderTest } from './message-engine-suite';

/** For messageEngineSuite: an engine over any store that can be opened again. */
export async function engineOver(
  openStore: () => Promise<Store>,
  closed: () => Promise<void> = async () => undefined,
  index?: IndexSizes,
  ages = { seconds: 1000 },
): Promise<EngineUnderTest> {
  const store = await openStore();
  return {
    engine: openStoreEngine({ store, ages: { now: () => ages.seconds }, ...(index && { index }) }),
    advance: (seconds) => {
      ages.seconds += seconds;
    },
    reopen: async () => {
      await store.close();
      return engineOver(openStore, closed, index, ages);
    },
    close: async () => {
      await store.close();
      await closed();
    },
  };
}
