import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { OutcomeJournal } from '../journal/outcome-journal';
import type { Wakeup } from '../wakeup';
import { Deposits, type DepositsComponents, type DepositsInit } from './deposits';

export interface MessageDepositsComponents extends Omit<DepositsComponents<OutboxEntry>, 'journal'> {
  readonly outbox: Outbox;
  readonly wakeup: Pick<Wakeup, 'message'>;
  readonly outcomes: Pick<OutcomeJournal, 'stored'>;
}

/** Copies of the messages in the outbox: whenever more nodes have one, its outcome `stored` is reported. */
export function messageDeposits(
  components: MessageDepositsComponents,
  init: Pick<DepositsInit<OutboxEntry>, 'wanted' | 'maxStorageTime'>,
): Deposits<OutboxEntry> {
  const { outbox, outcomes, nodes, wakeup } = components;
  return new Deposits(
    { ...components, journal: outbox },
    {
      ...init,
      onAnswer: (entry) => wakeup.message(entry),
      onStored: (entry, reached) => {
        const known = nodes.candidates(entry.friend).length;
        outcomes.stored(entry, { nodes: reached, wanted: init.wanted, known });
      },
    },
  );
}
