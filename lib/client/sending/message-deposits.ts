import type { Outbox, OutboxEntry } from '../journal/outbox';
import type { OutcomeJournal } from '../journal/outcome-journal';
import { Deposits, type DepositsComponents, type DepositsInit } from './deposits';

export interface MessageDepositsComponents extends Omit<DepositsComponents<OutboxEntry>, 'journal'> {
  readonly outbox: Outbox;
  readonly outcomes: Pick<OutcomeJournal, 'stored'>;
}

/** Copies of the messages in the outbox: whenever more nodes have one, its outcome `stored` is reported. */
export function messageDeposits(
  components: MessageDepositsComponents,
  init: Pick<DepositsInit<OutboxEntry>, 'wanted' | 'maxStorageTime'>,
): Deposits<OutboxEntry> {
  const { outbox, outcomes, nodes } = components;
  return new Deposits(
    { ...components, journal: outbox },
    {
      ...init,
      onStored: (entry, reached) => {
        const known = nodes.candidates(entry.friend).length;
        outcomes.stored(entry, { nodes: reached, wanted: init.wanted, known });
      },
    },
  );
}
