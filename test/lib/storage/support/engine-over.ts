import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { openLocalEngine } from '../../../../lib/storage/local/local-engine';
import type { Store } from '../../../../lib/store/store';
import type { EngineAtWork } from '../../../../lib/testing/engine/engine-under-test';

const crypto = createPortableProvider();

/** For messageEngineSuite: an engine over any store that can be opened again. */
export async function engineOver(
  openStore: () => Promise<Store>,
  closed: () => Promise<void> = async () => undefined,
  ages = { seconds: 1000 },
): Promise<EngineAtWork> {
  const store = await openStore();
  return {
    engine: openLocalEngine({ store, crypto, ages: { now: () => ages.seconds } }),
    advance: (seconds) => {
      ages.seconds += seconds;
    },
    reopen: async () => {
      await store.close();
      return engineOver(openStore, closed, ages);
    },
    close: async () => {
      await store.close();
      await closed();
    },
  };
}
