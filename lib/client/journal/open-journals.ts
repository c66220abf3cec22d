import type { RoomComponents } from '../components';
import { Assemblies } from './assemblies';
import { Contexts } from './outgoing/contexts';
import { FriendMemory } from './friend-memory';
import { Inbox } from './inbox';
import { Outbox } from './outgoing/outbox';
import { OutcomeJournal } from './outgoing/outcome-journal';
import { OwedDeletes } from './owed-deletes';
import { OwedReceipts } from './owed-receipts';
import { ServiceMail } from './service-mail';
import { Tombstones } from './tombstones';

export type Journals = ReturnType<typeof openJournals>;

/** Everything durable of a client beside keys; each reads what the store has of it. @throws ErrStore */
export function openJournals(components: RoomComponents) {
  const tombstones = new Tombstones(components);
  const receipts = new OwedReceipts({ ...components, tombstones });
  const contexts = new Contexts(components);
  return {
    contexts,
    outbox: new Outbox(components),
    inbox: new Inbox(components),
    assemblies: new Assemblies(components),
    tombstones,
    receipts,
    memory: new FriendMemory({ ...components, tombstones, receipts }),
    deletes: new OwedDeletes(components),
    mail: new ServiceMail(components),
    outcomes: new OutcomeJournal({ ...components, contexts }),
  };
}
