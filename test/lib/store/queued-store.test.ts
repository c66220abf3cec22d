import assert from 'node:assert/strict';
import { utf8 } from '../../../lib/bytes';
import { ToxAsyncError } from '../../../lib/errors';
import { type Publish, QueuedStore } from '../../../lib/store/queued-store';
import { Operations } from '../../../lib/store/operations';
import { hasCode } from '../../../lib/testing/has-code';

/** An engine that only notes how many operations each of its writes had. */
class NotingStore extends QueuedStore {
  readonly engine = 'noting';
  readonly writes: number[] = [];
  failure: Error | undefined;
  released = 0;
  /** Ends the wait of batches that can wait; undefined while nobody waits so. */
  endWait: (() => void) | undefined;
  onGather: (() => void) | undefined;
  #finish: (() => void)[] = [];

  finishWrite(): void {
    this.#finish.shift()?.();
  }

  protected override async write(operations: Operations): Promise<Publish> {
    this.writes.push(operations.count);
    await new Promise<void>((resolve) => this.#finish.push(resolve));
    if (this.failure) throw this.failure;
    return () => undefined;
  }
  protected override gather(): Promise<void> {
    this.onGather?.();
    return Promise.resolve();
  }
  protected override later(write: () => void): () => void {
    this.endWait = write;
    return () => (this.endWait = undefined);
  }
  protected override async release(): Promise<void> {
    this.released += 1;
  }
  protected override read(): undefined {
    return undefined;
  }
  protected override scan(): [] {
    return [];
  }
}

describe('the group commit of a store', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const put = (store: NotingStore) => store.batch().put(utf8('k'), utf8('v')).commit();

  it('writes batches of one moment together, and those that come during the write as the next group', async () => {
    const store = new NotingStore();
    const first = [put(store), put(store), put(store)];
    await turn();
    const second = [put(store), put(store)];
    await turn();
    assert.deepEqual(store.writes, [3]);
    store.finishWrite();
    await Promise.all(first);
    await turn();
    assert.deepEqual(store.writes, [3, 2]);
    store.finishWrite();
    await Promise.all(second);
  });

  /** One batch of so many operations. */
  const putMany = (store: NotingStore, operations: number) => {
    const batch = store.batch();
    for (let i = 0; i < operations; i += 1) batch.put(utf8(`k${i}`), utf8('v'));
    return batch.commit();
  };

  it('writes 320 operations while more wait, so that those who hear of them are at work during the next', async () => {
    const store = new NotingStore();
    const order: number[] = [];
    const commits = Array.from({ length: 150 }, (_, i) => putMany(store, 5).then(() => order.push(i)));
    await turn();
    assert.deepEqual(store.writes, [320]);
    store.finishWrite();
    await turn();
    assert.deepEqual([store.writes, order.length], [[320, 320], 64]);
    store.finishWrite();
    await turn();
    assert.deepEqual([store.writes, order.length], [[320, 320, 110], 128]);
    store.finishWrite();
    await Promise.all(commits);
    assert.deepEqual(
      order,
      order.map((_, i) => i),
    );
  });

  it('tears no batch, however large, and does not wait for more when a group is full', async () => {
    const store = new NotingStore();
    let gathered = 0;
    store.onGather = () => (gathered += 1);
    const commits = [put(store), putMany(store, 500), putMany(store, 319), put(store)];
    for (let i = 0; i < 2; i += 1) {
      await turn();
      store.finishWrite();
    }
    await Promise.all(commits);
    assert.deepEqual([store.writes, gathered], [[501, 320], 1], 'the first came alone');
  });

  it('fails the batches of a group that there is no memory to join, and goes on', async () => {
    const store = new NotingStore();
    const join = Operations.join.bind(Operations);
    Operations.join = () => {
      throw new RangeError('Array buffer allocation failed');
    };
    try {
      const results = await Promise.allSettled([put(store), put(store)]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['rejected', 'rejected'],
      );
    } finally {
      Operations.join = join;
    }
    const next = put(store);
    await turn();
    store.finishWrite();
    await next;
    assert.deepEqual(store.writes, [1]);
  });

  it('fails the batches of a group whose write failed, not the empty ones, and goes on', async () => {
    const store = new NotingStore();
    const fault = new ToxAsyncError('ErrLocalStorageFull', 'full');
    store.failure = fault;
    let ran = false;
    const failing = store
      .batch()
      .put(utf8('a'), utf8('1'))
      .afterCommit(() => (ran = true))
      .commit();
    const empty = store.batch().commit();
    await turn();
    store.finishWrite();
    await assert.rejects(failing, fault);
    await empty;
    assert.equal(ran, false);
    store.failure = undefined;
    const next = put(store);
    await turn();
    store.finishWrite();
    await next;
  });

  describe('with batches that can wait', () => {
    const putLater = (store: NotingStore) =>
      store.batch().put(utf8('k'), utf8('v')).commit({ canWait: true });

    it('writes them with the next one that cannot, in the order of the commits', async () => {
      const store = new NotingStore();
      const order: string[] = [];
      const waiting = [putLater(store), putLater(store)];
      void waiting[0]?.then(() => order.push('can wait'));
      await turn();
      assert.deepEqual(store.writes, []);
      const next = put(store).then(() => order.push('cannot'));
      await turn();
      assert.deepEqual(store.writes, [3]);
      assert.equal(store.endWait, undefined);
      store.finishWrite();
      await Promise.all([...waiting, next]);
      assert.deepEqual(order, ['can wait', 'cannot']);
    });

    it('writes them after a moment when no other comes', async () => {
      const store = new NotingStore();
      const waiting = putLater(store);
      store.endWait?.();
      await turn();
      assert.deepEqual(store.writes, [1]);
      store.finishWrite();
      await waiting;
    });

    it('lets those wait that come while a group is being written', async () => {
      const store = new NotingStore();
      const first = put(store);
      await turn();
      const waiting = putLater(store);
      store.finishWrite();
      await first;
      await turn();
      assert.deepEqual(store.writes, [1]);
      store.endWait?.();
      await turn();
      assert.deepEqual(store.writes, [1, 1]);
      store.finishWrite();
      await waiting;
    });

    it('writes them before it closes', async () => {
      for (const isBusy of [false, true]) {
        const store = new NotingStore();
        const commits = [...(isBusy ? [put(store)] : []), putLater(store)];
        await turn();
        if (isBusy) commits.push(putLater(store));
        const closing = store.close();
        await turn();
        for (let i = 0; i < 2; i += 1) {
          store.finishWrite();
          await turn();
        }
        await Promise.all(commits);
        await closing;
        assert.equal(store.endWait, undefined);
      }
    });
  });

  it('writes nothing for an empty batch', async () => {
    const store = new NotingStore();
    await store.batch().commit();
    assert.deepEqual(store.writes, []);
  });

  it('releases its files once, after the last write', async () => {
    const store = new NotingStore();
    const commit = put(store);
    const closing = [store.close(), store.close()];
    await turn();
    assert.equal(store.released, 0);
    assert.equal(store.get(utf8('k')), undefined, 'reads go on while it closes');
    assert.throws(() => store.batch(), hasCode('ErrClosed'));
    store.finishWrite();
    await commit;
    await Promise.all(closing);
    assert.equal(store.released, 1);
  });
});
