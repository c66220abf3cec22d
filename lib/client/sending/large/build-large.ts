import type { RoomComponents } from '../../components';
import type { AsyncClientHooks } from '../../client-options';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';
import type { Completion } from '../completion';
import { ChunkProgress } from './chunk-progress';
import { ChunkTrials } from './chunk-trials';
import { LargePayloads } from './large-payloads';
import { LargeTurns } from './large-turns';

export interface LargeComponents extends Pick<
  RoomComponents,
  'crypto' | 'clock' | 'timers' | 'random' | 'ages' | 'store' | 'vault' | 'forwardSecurity' | 'queues'
> {
  readonly outbox: Outbox;
  readonly completion: Pick<Completion, 'failed'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/** What the ways out of the outbox need for large messages. */
export function buildLarge(components: LargeComponents) {
  const { outbox, store, queues, completion, hooks } = components;
  /** The vault lost the message: no chunk can be made any more. */
  const onLost = (entry: OutboxEntry) => {
    const fail = async () => {
      if (!outbox.has(entry)) return;
      const writes = store.batch();
      completion.failed(writes, entry, 'lost');
      await writes.commit();
    };
    queues.run(entry.friend, fail).catch((error: unknown) => hooks.onError(error));
  };
  return {
    chunks: new ChunkProgress(components),
    chunkTrials: new ChunkTrials(components),
    payloads: new LargePayloads(components, { onLost }),
    turns: new LargeTurns(components),
  };
}
