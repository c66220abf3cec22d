import type { ClientLimits } from '../client-limits';
import type { RoomComponents } from '../components';
import type { Journals } from '../journal/open-journals';
import type { Meetings } from '../meeting/meetings';
import type { Completion } from '../sending/completion';
import type { Resealer } from '../sending/resealer';
import { HandOver } from './hand-over';
import { InboxRoom } from './inbox-room';
import { Receiver } from './receiver';
import { Retriever } from './retriever';
import { ServiceMailEffects } from './service-mail-effects';

export interface ReceivingComponents extends RoomComponents, Journals {
  readonly completion: Completion;
  readonly resealer: Resealer;
  readonly meetings: Meetings;
}

/** The way into the inbox and out of it, to the handler. */
export function buildReceiving(components: ReceivingComponents, { inboxMessages }: ClientLimits) {
  const room = new InboxRoom(components, { most: inboxMessages });
  const handOver = new HandOver({ ...components, room });
  const effects = new ServiceMailEffects(components);
  const receiver = new Receiver({ ...components, room, handOver, effects });
  const retriever = new Retriever({ ...components, room, receiver });
  return { room, handOver, receiver, retriever };
}
