import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { FleetWord } from '../../../../lib/client/meeting/fleet-word';
import { FleetBook } from '../../../../lib/client/storage-nodes/fleets/fleet-book';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import { type FleetCertificate, signCertificate } from '../../../../lib/protocol/fleet/certificate';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { silentLogger } from '../../../../lib/types';

const crypto = createPortableProvider();
const digest = (name: string) => crypto.sha256(utf8(name));
const NODE = crypto.keyPairFromSecret(digest('node')).publicKey;
const OTHER = crypto.keyPairFromSecret(digest('other')).publicKey;

describe('what storage nodes say of their fleet', () => {
  let time: SimulatedTime;
  let looks: string[];
  let timersSet: number;
  let sent: FleetCertificate[];
  let proven: boolean;
  let word: FleetWord;

  const shows = (node: Uint8Array, serial: number, valid: number) =>
    word.take(node, signCertificate(digest('fleet'), node, { serial, valid, replicas: 2 }));
  const seconds = () => Math.floor(time.clock.monotonic() / 1000);
  const looksIn = async (ms: number) => {
    looks = [];
    await time.advance(ms);
    return looks;
  };
  const ALL = ['nodes', 'states', 'messages'];

  beforeEach(() => {
    time = new SimulatedTime();
    looks = [];
    sent = [];
    timersSet = 0;
    proven = true;
    const ages = { now: seconds };
    const store = openMemoryStore(new MemoryVolume());
    word = new FleetWord({
      network: {
        isProven: () => proven,
        send: (_, message) => {
          if (message.kind === 'fleet') sent.push(message.certificate);
          return true;
        },
        sessions: () => [OTHER],
      },
      nodes: {
        fleets: new FleetBook({ store, ages, log: silentLogger }),
        noteFleetChange: () => looks.push('nodes'),
      },
      meetings: { tellNewNodes: () => looks.push('states') },
      wakeup: { all: () => looks.push('messages') },
      queues: new KeyedQueue(),
      ages,
      timers: {
        after: (ms, run) => {
          timersSet += 1;
          return time.timers.after(ms, run);
        },
      },
    });
    word.start();
  });

  afterEach(() => word.stop());

  it('has all that depends on it looked at when it comes, and in the moment it is over, by one timer', async () => {
    shows(NODE, 7, 600);
    assert.deepEqual(looks, ALL);
    assert.deepEqual(await looksIn(598_000), []);
    assert.deepEqual(await looksIn(4_000), ALL);
    assert.deepEqual(await looksIn(7 * 86_400_000), []);
    assert.equal(timersSet, 1, 'nothing polls');
  });

  it('ends at each end in turn, and not at that of a round before', async () => {
    shows(NODE, 7, 600);
    shows(OTHER, 7, 60);
    assert.deepEqual(await looksIn(61_000), ALL);
    shows(NODE, 8, 1_000);
    assert.deepEqual(await looksIn(900_000), []);
    assert.deepEqual(await looksIn(102_000), ALL);
  });

  it('is nothing new a second time, and nothing at all after the stop', async () => {
    shows(NODE, 7, 600);
    looks = [];
    shows(NODE, 7, 600);
    assert.deepEqual(looks, []);
    word.stop();
    assert.deepEqual(await looksIn(700_000), []);
  });

  it('is said to those who have a session, once it is proven', async () => {
    const own = signCertificate(digest('fleet'), NODE, { serial: 7, valid: 60, replicas: 1 });
    word.setOwn(own);
    await time.advance(1);
    assert.deepEqual(sent, [own]);
    proven = false;
    word.tell(OTHER);
    await time.advance(1);
    assert.deepEqual(sent, [own]);
  });
});
