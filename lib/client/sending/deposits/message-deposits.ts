import type { AsyncClientHooks } from '../../client-options';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';
import type { OutcomeJournal } from '../../journal/outgoing/outcome-journal';
import type { ChunkProgress } from '../large/chunk-progress';
import type { ChunkTrials } from '../large/chunk-trials';
import type { Wakeup } from '../../wakeup';
import { Deposits, type DepositsComponents, type DepositsInit } from './deposits';

export interface MessageDepositsComponents extends Omit<DepositsComponents<OutboxEntry>, 'journal'> {
  readonly outbox: Outbox;
  readonly wakeup: Pick<Wakeup, 'message' | 'places'>;
  readonly outcomes: Pick<OutcomeJournal, 'stored'>;
  readonly chunks: Pick<ChunkProgress, 'isWhole'>;
  readonly chunkTrials: Pick<ChunkTrials, 'avoidedUntil' | 'isSpare'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError' | 'onFirstCopy'>;
}

/**
 * Copies of the messages in the outbox, of a large one the head. Whenever more nodes have a whole message, its outcome
 * `stored` is reported.
 */
export function messageDeposits(
  components: MessageDepositsComponents,
  init: Pick<DepositsInit<OutboxEntry>, 'wanted' | 'maxStorageTime'>,
): Deposits<OutboxEntry> {
  const { outbox, outcomes, nodes, wakeup, chunks, chunkTrials, hooks } = components;
  return new Deposits(
    { ...components, journal: outbox },
    {
      ...init,
      isSpare: (entry, node) => chunkTrials.isSpare(entry, node),
      avoidedUntil: (entry, node) => chunkTrials.avoidedUntil(entry, node),
      isWhole: (entry, { node, at }) =>
        entry.large === undefined || chunks.isWhole(entry, { peer: node, since: at }),
      onAnswer: (entry) => wakeup.message(entry),
      onPlace: () => wakeup.places(),
      onStored: (entry, reached, isFirst) => {
        const known = nodes.candidates(entry.friend).length;
        outcomes.stored(entry, { nodes: reached, wanted: init.wanted, known });
        if (isFirst) hooks.onFirstCopy(entry.friend);
      },
    },
  );
}
