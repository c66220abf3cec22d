import { PRE_KEY_REFRESH_THRESHOLD } from '../constants';
import type { QueuedReason } from '../types';
import type { AsyncClientOptions } from './client-options';
import { Deposits } from './sending/deposits';
import { DirectDelivery } from './sending/direct-delivery';
import { Dispatcher } from './sending/dispatcher';
import { Completion } from './sending/completion';
import { HandOver } from './receiving/hand-over';
import { ExpirySweep } from './journal/expiry-sweep';
import { Inbox } from './journal/inbox';
import { InboxRoom } from './receiving/inbox-room';
import { PeerEvents } from './peer-events';
import { DEFAULT_CLIENT_LIMITS } from './client-limits';
import { ServiceMailEffects } from './receiving/service-mail-effects';
import { ServiceMailer } from './sending/service-mailer';
import { Meetings } from './meeting/meetings';
import { Outbox, type OutboxEntry } from './journal/outbox';
import { OutcomeJournal } from './journal/outcome-journal';
import { OwedDeletes } from './journal/owed-deletes';
import { OwedReceipts } from './journal/owed-receipts';
import { KeyedQueue } from '../platform/keyed-queue';
import { PlainDelivery } from './sending/plain-delivery';
import { queuedReason } from './sending/queued-reason';
import { Receiver } from './receiving/receiver';
import { Resealer } from './sending/resealer';
import { Retriever } from './receiving/retriever';
import { Sender } from './sending/sender';
import { ServiceMail, type ServiceEntry } from './journal/service-mail';
import { Tombstones } from './journal/tombstones';

/** What an AsyncClient consists of, as far as it speaks with it. */
export interface ClientParts {
  /**
   * By peer. Everything that seals to a peer, opens what it sealed, or speaks of its keys runs here, so that two nodes
   * answering at once, or a message and a list of live keys, never meet half-way.
   */
  readonly queues: KeyedQueue;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly tombstones: Tombstones;
  readonly receipts: OwedReceipts;
  readonly outcomes: OutcomeJournal;
  readonly handOver: HandOver;
  readonly sender: Sender;
  readonly dispatcher: Dispatcher;
  readonly meetings: Meetings;
  readonly retriever: Retriever;
  readonly completion: Completion;
  readonly expirySweep: ExpirySweep;
  readonly peerEvents: PeerEvents;
  readonly deposits: readonly Pick<Deposits<OutboxEntry>, 'forget'>[];
  readonly mail: ServiceMail;
  readonly mailer: ServiceMailer;
  /** What a message waits for now; undefined when it is on its way. */
  readonly reasonFor: (entry: OutboxEntry) => QueuedReason | undefined;
}

/** Puts the parts together; each of them knows only those that it needs. */
export function buildClient(options: AsyncClientOptions): ClientParts {
  const limits = { ...DEFAULT_CLIENT_LIMITS, ...options.limits };
  const queues = new KeyedQueue();
  const { crypto, platform, directory, forwardSecurity, network, nodes, hooks } = options;
  const { clock, timers, random } = platform;
  const { store, vault, ages } = directory;
  const wall = () => clock.wall();
  const onError = (error: unknown) => hooks.onError(error);
  const kick = () => dispatcher.kick();
  const base = { crypto, clock, timers, random, store, vault, ages, wall, queues, network, nodes, onError };

  const outbox = new Outbox({ crypto, store, vault, forwardSecurity });
  const inbox = new Inbox({ crypto, store, vault });
  const tombstones = new Tombstones({ store, ages });
  const receipts = new OwedReceipts({ store, ages });
  const deletes = new OwedDeletes({ store, ages });
  const mail = new ServiceMail({ store, ages });
  const { issued } = forwardSecurity;
  const wanted = limits.copies;
  const outcomes = new OutcomeJournal({ ...base, emit: (outcome) => hooks.onOutcome(outcome) });
  const completion = new Completion({
    ...base,
    outbox,
    outcomes,
    mail,
    issued,
    wanted,
    onFinished: () => hooks.onChange(),
  });
  const handOver = new HandOver({
    ...base,
    inbox,
    onLost: ({ sender, messageId }) => hooks.onLost(sender, messageId),
    onChange: () => peerEvents.onInboxChange(),
  });
  const reasonFor = (entry: OutboxEntry) =>
    queuedReason({ network, nodes, forwardSecurity, outbox, direct }, entry);
  const sender = new Sender({
    ...base,
    outbox,
    outcomes,
    forwardSecurity,
    limits,
    assertRoom: () => directory.space.assertRoom(),
    reasonFor,
    onAccepted: (entry) => {
      if (entry.sealed !== undefined) {
        hooks.onKeySpent(entry.friend);
        meetings.noteSpent(entry.friend);
      }
      hooks.onChange();
      dispatcher.dispatch(entry);
    },
  });
  const direct = new DirectDelivery({ ...base, outbox, completion, onChange: kick });
  const plain = new PlainDelivery({ ...base, outbox, completion, onChange: kick });
  const { maxStorageTime } = limits;
  const deposits = new Deposits({
    ...base,
    journal: outbox,
    wanted,
    maxStorageTime,
    onStored: (entry, reached) => {
      outcomes.stored(entry, { nodes: reached, wanted, known: nodes.candidates(entry.friend).length });
    },
    onChange: kick,
  });
  const mailDeposits = new Deposits<ServiceEntry>({
    ...base,
    journal: mail,
    wanted,
    maxStorageTime,
    beforeDeposit: ({ friend, content }) =>
      queues.run(friend, async () => {
        if (content.kind !== 'keys' || content.batch === undefined) return;
        const writes = store.batch();
        issued.markSent(writes, friend, content.batch);
        await writes.commit();
      }),
    onChange: kick,
  });
  const dispatcher: Dispatcher = new Dispatcher({
    ...base,
    mail,
    mailDeposits,
    outbox,
    completion,
    direct,
    plain,
    deposits,
  });
  const resealer = new Resealer({
    ...base,
    outbox,
    mail,
    forwardSecurity,
    completion,
    direct,
    sender,
    onChange: kick,
    onDeadKeys: (peer) => hooks.onDeadKeys(peer),
  });
  const meetings: Meetings = new Meetings({
    ...base,
    forwardSecurity,
    receipts,
    mail,
    direct,
    completion,
    resealer,
    holdsMailFor: options.holdsMailFor,
    preKeyRefreshThreshold: options.preKeyRefreshThreshold ?? PRE_KEY_REFRESH_THRESHOLD,
    onKeysExchanged: (peer) => hooks.onKeysExchanged(peer),
    onElsewhere: (peer) => hooks.onElsewhere(peer),
    onKeysRefused: (peer, code) => hooks.onKeysRefused(peer, code),
    onOpenNodes: (peer, named) => hooks.onOpenNodes(peer, named),
  });
  const room = new InboxRoom({
    inbox,
    mayTake: () => directory.space.hasRoom(),
    most: limits.inboxMessages,
  });
  const effects = new ServiceMailEffects({
    ...base,
    forwardSecurity,
    completion,
    onKeys: (peer) => {
      hooks.onKeysExchanged(peer);
      queues.run(peer, () => resealer.sealWaiting(peer)).catch(onError);
    },
    onKeysRefused: (peer, code) => hooks.onKeysRefused(peer, code),
  });
  const receiver = new Receiver({
    ...base,
    effects,
    forwardSecurity,
    inbox,
    tombstones,
    receipts,
    deletes,
    room,
    hasSession: (peer) => network.hasSession(peer),
    onTaken: () => handOver.kick(),
    onMalformed: (sender, messageId) => hooks.onMalformed(sender, messageId),
  });
  const retriever = new Retriever({
    ...base,
    forwardSecurity,
    receiver,
    tombstones,
    deletes,
    receipts,
    onReceived: (received) => peerEvents.onRetrieved(received),
  });
  const mailer = new ServiceMailer({ ...base, forwardSecurity, outbox, receipts, mail, onChange: kick });
  const peerEvents: PeerEvents = new PeerEvents({
    ...base,
    direct,
    deposits,
    mailDeposits,
    meetings,
    dispatcher,
    receiver,
    retriever,
    room,
    onElsewhere: (peer) => hooks.onElsewhere(peer),
    onChange: () => hooks.onChange(),
  });
  const expirySweep = new ExpirySweep({
    ...base,
    expire: [forwardSecurity.issued, forwardSecurity.held, tombstones, receipts, deletes, mail, outcomes].map(
      (part) => (writes) => part.expire(writes),
    ),
  });
  return {
    queues,
    outbox,
    inbox,
    tombstones,
    receipts,
    outcomes,
    handOver,
    sender,
    dispatcher,
    meetings,
    retriever,
    completion,
    expirySweep,
    peerEvents,
    deposits: [deposits, mailDeposits],
    mail,
    mailer,
    reasonFor,
  };
}
