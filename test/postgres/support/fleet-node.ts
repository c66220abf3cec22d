/** A storage node of a fleet, as far as its mail goes, in a process of its own: see FleetNodeProcess. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { systemPlatform } from '../../../lib/platform/system/system-platform';
import { FleetFriends } from '../../../lib/storage/fleet/fleet-friends';
import { MaskedFleetRegister } from '../../../lib/storage/fleet/masked-register';
import { fleetMarksKey } from '../../../lib/storage/fleet/storage-fleet';
import { MessageStorage } from '../../../lib/storage/message-storage';
import { openPostgresEngine } from '../../../lib/storage/postgres/postgres-engine';
import { silentLogger } from '../../../lib/types';
import type { FleetNodeOrder, FleetNodeStart, FleetNodeWord } from './fleet-node-process';

const crypto = createPortableProvider();
const say = (word: FleetNodeWord) => process.send?.(word);

async function open({ database, secret, node, friends }: FleetNodeStart) {
  const marksKey = fleetMarksKey(crypto, secret);
  const engine = await openPostgresEngine({ database, owner: { name: marksKey } });
  const { clock, timers, random } = systemPlatform;
  const register = new MaskedFleetRegister({ crypto, register: engine.register }, marksKey);
  const others = new FleetFriends({ register, clock, timers, log: silentLogger }, node);
  const storage = new MessageStorage({
    engine,
    crypto,
    random,
    clock,
    timers,
    // So much that no wave takes the lock of the capacity, under which all take turns.
    capacity: { messages: 1_000_000, bytes: 1_000_000_000, update: () => Promise.resolve() },
    friends,
    role: 'friends',
    fleet: { friends: others, marksKey },
  });
  others.start();
  return { engine, others, storage };
}

async function run(start: FleetNodeStart): Promise<void> {
  const { engine, others, storage } = await open(start);
  const obey = async (order: FleetNodeOrder): Promise<unknown> => {
    switch (order.do) {
      case 'store': {
        const { submitter, mailbox, envelopes } = order;
        const answers = envelopes.map((envelope) => storage.tryStore(submitter, envelope, 3600));
        const all = Promise.all(answers);
        // Counted as under way from the call of `put` on.
        while (engine.countInMailbox(mailbox) < envelopes.length && !(await isOver(all)));
        say({ queued: true });
        return (await all).map(({ code }) => code);
      }
      case 'list':
        return (await storage.retrieveMessages(order.recipient)).items.map(({ storageId }) => storageId);
      case 'delete':
        return storage.deleteMessage(order.storageId, order.recipient).then(
          () => true,
          () => false,
        );
      case 'stop':
        await others.stop();
        await engine.close();
        process.disconnect();
        return undefined;
    }
  };
  process.on('message', (order: FleetNodeOrder) => {
    void obey(order).then((answer) => {
      if (process.connected) say({ answer });
    });
  });
  say({ answer: engine.health() });
}

/** After a moment in which the other processes and the server get their turn. */
function isOver(work: Promise<unknown>): Promise<boolean> {
  return Promise.race([work.then(() => true), sleep(1, false)]);
}

process.once('message', (start: FleetNodeStart) => void run(start));
