import type { ClientLimits } from '../client-limits';
import type { RoomComponents } from '../components';
import type { Journals } from '../journal/open-journals';
import { Completion } from './completion';
import { DirectDelivery } from './direct-delivery';
import { buildLarge } from './large/build-large';
import { ChunkDeposits } from './large/chunk-deposits';
import { Dispatcher } from './dispatcher';
import { EarlyEnds } from './early-end/early-ends';
import { messageDeposits } from './deposits/message-deposits';
import { Overdue } from './overdue';
import { PlainDelivery } from './plain-delivery';
import { QueuedReasons } from './queued-reasons';
import { ReasonChanges } from './reason-changes';
import { Resealer } from './resealer';
import { SealTime } from './sealing/seal-time';
import { serviceDeposits } from './deposits/service-deposits';
import { ServiceMailer } from './service/service-mailer';

/** The ways out of the outbox and what chooses among them. The sender, which fills the outbox, needs the meetings too. */
export function buildSending(
  components: RoomComponents & Journals,
  { copies: wanted, maxStorageTime }: ClientLimits,
) {
  const completion = new Completion(components, { wanted });
  const large = buildLarge({ ...components, completion });
  const ending = { ...components, ...large, completion };
  const direct = new DirectDelivery(ending);
  const deposits = messageDeposits(ending, { wanted, maxStorageTime });
  const ways = {
    direct,
    plain: new PlainDelivery(ending),
    deposits,
    chunkDeposits: new ChunkDeposits({ ...ending, deposits }),
    serviceDeposits: serviceDeposits(components, { wanted, maxStorageTime }),
  };
  const sealTime = new SealTime({ ...ending, ...ways });
  const earlyEnds = new EarlyEnds({ ...ending, ...ways });
  const sealing = { ...ending, direct, sealTime, earlyEnds };
  const resealer = new Resealer(sealing);
  const reasons = new QueuedReasons({ ...components, ...ways });
  const told = { ...components, reasons };
  const reasonChanges = new ReasonChanges(told, { wanted });
  const overdue = new Overdue(told, { wanted });
  return {
    completion,
    ...large,
    ...ways,
    sealTime,
    earlyEnds,
    resealer,
    reasons,
    reasonChanges,
    dispatcher: new Dispatcher({ ...sealing, ...ways, resealer, overdue, reasonChanges }),
    mailer: new ServiceMailer({ ...components, direct }),
  };
}
