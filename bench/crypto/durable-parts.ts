import { Assemblies } from '../../lib/client/journal/assemblies';
import { Inbox } from '../../lib/client/journal/inbox';
import { Outbox } from '../../lib/client/journal/outgoing/outbox';
import { OutcomeJournal } from '../../lib/client/journal/outgoing/outcome-journal';
import { OwedDeletes } from '../../lib/client/journal/owed-deletes';
import { Contexts } from '../../lib/client/journal/outgoing/contexts';
import { FriendMemory } from '../../lib/client/journal/friend-memory';
import { OwedReceipts } from '../../lib/client/journal/owed-receipts';
import { KeyedQueue } from '../../lib/platform/queues/keyed-queue';
import { Receiver } from '../../lib/client/receiving/receiver';
import { LargeTurns } from '../../lib/client/sending/large/large-turns';
import { Sender } from '../../lib/client/sending/sender';
import { Tombstones } from '../../lib/client/journal/tombstones';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { generateKeyPair } from '../../lib/crypto/generate';
import { ForwardSecurityManager } from '../../lib/forward-security/forward-security-manager';
import { systemPlatform } from '../../lib/platform/system/system-platform';
import type { DataDirectory } from '../../lib/store/directory/data-directory';
import type { KeyPair } from '../../lib/types';

const crypto = chooseCryptoProvider();
const { random, clock, timers } = systemPlatform;

/** The parts of one session that a send and a receive go through, without a network. */
export interface DurableParts {
  readonly keyPair: KeyPair;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly sender: Sender;
  readonly receiver: Receiver;
}

export async function durableParts({ store, vault, ages }: DataDirectory): Promise<DurableParts> {
  const keyPair = generateKeyPair(crypto, random);
  const forwardSecurity = await ForwardSecurityManager.create({
    crypto,
    random,
    clock,
    ages,
    keyPair,
    store,
    vault,
  });
  const queues = new KeyedQueue();
  const outbox = new Outbox({ crypto, store, vault, forwardSecurity });
  const contexts = new Contexts({ crypto, store, vault });
  const outcomes = new OutcomeJournal({
    store,
    ages,
    clock,
    contexts,
    hooks: { onOutcome: () => undefined, onError: () => undefined },
  });
  const sender = new Sender({
    crypto,
    random,
    ages,
    clock,
    store,
    vault,
    outbox,
    displacement: {
      placeFor: () => Promise.resolve({ leaving: [], isBehind: false }),
      stillOf: (place) => place,
    },
    earlyEnds: { prepare: () => Promise.resolve({ addTo: () => undefined, undo: () => undefined }) },
    sealTime: { hasTaker: () => true },
    outcomes,
    contexts,
    queues,
    forwardSecurity,
    space: { assertRoom: () => undefined },
    turns: new LargeTurns({ store, ages, outbox, forwardSecurity }),
    reasons: { of: () => undefined },
    reasonChanges: { noteTold: () => undefined },
    meetings: { noteSpent: () => undefined },
    dispatcher: { dispatch: () => undefined },
    hooks: { onAccepted: () => undefined, onKeySpent: () => undefined },
  });
  const tombstones = new Tombstones({ store, ages });
  const receipts = new OwedReceipts({ store, ages, tombstones });
  const receiver = new Receiver({
    crypto,
    random,
    clock,
    timers,
    store,
    vault,
    forwardSecurity,
    queues,
    inbox: new Inbox({ crypto, store, vault }),
    assemblies: new Assemblies({ crypto, store, vault }),
    headTurns: { isFree: () => true, opened: () => undefined },
    ages,
    tombstones,
    receipts,
    memory: new FriendMemory({ store, ages, tombstones, receipts }),
    deletes: new OwedDeletes({ store, ages }),
    effects: {
      apply: () => {
        throw new Error('This bench sends texts alone.');
      },
    },
    room: { takes: () => true, hasSpace: () => true, keepFor: (_sender, _bytes, place) => place() },
    network: { isProven: () => false },
    handOver: { offer: () => undefined },
    nodes: { noteHeard: () => undefined },
    hooks: {
      onArrived: () => undefined,
      onMalformed: () => undefined,
      onError: (error) => {
        throw error;
      },
    },
  });
  return { keyPair, forwardSecurity, sender, receiver };
}
