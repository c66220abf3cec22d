import { PRE_KEY_REFRESH_THRESHOLD } from '../constants';
import { DEFAULT_CLIENT_LIMITS } from './client-limits';
import type { AsyncClientComponents, AsyncClientInit } from './client-options';
import type { RoomComponents } from './components';
import { ExpirySweep } from './journal/expiry-sweep';
import { openJournals } from './journal/open-journals';
import { FleetWord } from './meeting/fleet-word';
import { Meetings } from './meeting/meetings';
import { Overview } from './overview/overview';
import { PeerEvents } from './peer-events';
import { KeyedQueue } from '../platform/queues/keyed-queue';
import { buildReceiving } from './receiving/build-receiving';
import { buildSending } from './sending/build-sending';
import { Cancellation } from './sending/early-end/cancellation';
import { Displacement } from './sending/early-end/displacement';
import { OutboxRoom } from './sending/outbox-room';
import { Sender } from './sending/sender';
import { Wakeup } from './wakeup';

/** What a client consists of. */
export type ClientParts = ReturnType<typeof buildClient>;

/** Puts the rooms together, each from what stands before it; each class takes what it names and no more. */
export function buildClient(outside: AsyncClientComponents, init: AsyncClientInit) {
  const { crypto, platform, directory, forwardSecurity, network, nodes, hooks } = outside;
  const { clock, timers, random } = platform;
  const { store, vault, ages, space } = directory;
  const limits = { ...DEFAULT_CLIENT_LIMITS, ...init.limits };
  const { holdsMailFor, preKeyRefreshThreshold = PRE_KEY_REFRESH_THRESHOLD } = init;
  const base: RoomComponents = {
    crypto,
    clock,
    timers,
    random,
    store,
    vault,
    ages,
    space,
    forwardSecurity,
    network,
    nodes,
    hooks,
    queues: new KeyedQueue(),
    wakeup: new Wakeup({ timers }),
  };
  const journals = openJournals(base);
  const sending = buildSending({ ...base, ...journals }, limits);
  const soFar = { ...base, ...journals, ...sending };
  const meetings = new Meetings(soFar, { holdsMailFor, preKeyRefreshThreshold });
  const displacement = new Displacement({ ...soFar, room: new OutboxRoom(journals, limits) });
  const fleetWord = new FleetWord({ ...soFar, meetings });
  const sender = new Sender({ ...soFar, meetings, displacement });
  const cancellation = new Cancellation(soFar);
  const receiving = buildReceiving({ ...soFar, meetings }, limits);
  const peerEvents = new PeerEvents({ ...soFar, ...receiving, meetings, fleetWord });
  const overview = new Overview({ ...soFar, ...receiving }, { wanted: limits.copies });
  const { issued, held } = forwardSecurity;
  const { tombstones, receipts, deletes, mail, outcomes } = journals;
  const swept = [
    issued,
    held,
    tombstones,
    receipts,
    deletes,
    mail,
    outcomes,
    receiving.largeLives,
    sending.chunks,
  ];
  const expirySweep = new ExpirySweep({ ...base, swept, onWrite: (listener) => directory.onWrite(listener) });
  return {
    ...soFar,
    ...receiving,
    meetings,
    fleetWord,
    sender,
    cancellation,
    peerEvents,
    overview,
    expirySweep,
  };
}
