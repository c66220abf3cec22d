import type { ClientLimits } from '../client-limits';
import type { RoomComponents } from '../components';
import type { Journals } from '../journal/open-journals';
import type { Meetings } from '../meeting/meetings';
import type { Completion } from '../sending/completion';
import type { Resealer } from '../sending/resealer';
import { HandOver } from './hand-over';
import { InboxRoom } from './inbox-room';
import { HeadTurns } from './large/head-turns';
import { LargeLives } from './large/large-lives';
import { Receiver } from './receiver';
import { Retriever } from './retriever';
import { ServiceMailEffects } from './service-mail-effects';

export interface ReceivingComponents extends RoomComponents, Journals {
  readonly completion: Completion;
  readonly resealer: Resealer;
  readonly meetings: Meetings;
}

/** The way into the inbox and out of it, to the handler. */
export function buildReceiving(components: ReceivingComponents, { inboxMessages, inboxBytes }: ClientLimits) {
  const room = new InboxRoom(components, { messages: inboxMessages, bytes: inboxBytes });
  const handOver = new HandOver({ ...components, room });
  const effects = new ServiceMailEffects(components);
  const headTurns = new HeadTurns();
  const receiver = new Receiver({ ...components, room, handOver, effects, headTurns });
  const retriever = new Retriever({ ...components, room, receiver, headTurns });
  const largeLives = new LargeLives({ ...components, room });
  return { room, handOver, receiver, retriever, headTurns, largeLives };
}
