import type { Store } from '../../lib/store/store';

/** From now on the disk refuses every batch of this store. @returns ends it */
export function refuseCommits(store: Store): () => void {
  const batch = store.batch.bind(store);
  store.batch = () => {
    const writes = batch();
    writes.commit = () => Promise.reject(new Error('the disk is gone'));
    return writes;
  };
  return () => (store.batch = batch);
}
