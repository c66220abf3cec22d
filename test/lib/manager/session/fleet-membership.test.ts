import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { FleetMembership } from '../../../../lib/manager/session/fleet-membership';
import { type FleetCertificate, signCertificate } from '../../../../lib/protocol/fleet/certificate';
import { FleetFriends } from '../../../../lib/storage/fleet/fleet-friends';
import { MemoryFleetRegister } from '../../../../lib/testing/memory-fleet-register';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';

const crypto = createPortableProvider();
const digest = (name: string) => crypto.sha256(utf8(name));
const keyOf = (name: string) => crypto.keyPairFromSecret(digest(name)).publicKey;
const NODE = keyOf('node');
const TEN_MINUTES = 600_000;

describe("a session's part in its fleet", () => {
  let time: SimulatedTime;
  let said: (number | undefined)[];
  let warnings: string[];
  let read: () => Promise<FleetCertificate | undefined>;
  let membership: FleetMembership;

  const certificate = (serial: number, node = NODE) =>
    signCertificate(digest('fleet'), node, { serial, valid: 604_800, replicas: 1 });
  const begin = async () => {
    const { clock, timers } = time;
    const log = { warn: (text: string) => warnings.push(text) };
    const friends = new FleetFriends({ register: new MemoryFleetRegister(), clock, timers, log }, NODE);
    const client = {
      fleetWord: { setOwn: (own: FleetCertificate | undefined) => said.push(own?.serial) },
    };
    membership = new FleetMembership({ self: NODE, friends, client, timers, log }, () => read());
    await time.advance(1);
  };

  beforeEach(() => {
    time = new SimulatedTime();
    said = [];
    warnings = [];
  });
  afterEach(() => membership.stop());

  it('says its certificate, and a new one within ten minutes, each once', async () => {
    read = () => Promise.resolve(certificate(7));
    await begin();
    await time.advance(3 * TEN_MINUTES);
    assert.deepEqual(said, [7]);
    read = () => Promise.resolve(certificate(8));
    await time.advance(TEN_MINUTES);
    assert.deepEqual([said, warnings], [[7, 8], []]);
  });

  it("goes on with what it has while the file cannot be read or has another node's, and warns", async () => {
    read = () => Promise.resolve(certificate(7));
    await begin();
    read = () => Promise.reject(new Error('EIO'));
    await time.advance(TEN_MINUTES);
    read = () => Promise.resolve(certificate(8, keyOf('another')));
    await time.advance(TEN_MINUTES);
    assert.deepEqual(said, [7]);
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? '', /cannot be read/);
    assert.match(warnings[1] ?? '', /of another node/);
  });

  it('says nothing more when the file has none for it, and warns once', async () => {
    read = () => Promise.resolve(certificate(7));
    await begin();
    read = () => Promise.resolve(undefined);
    await time.advance(5 * TEN_MINUTES);
    assert.deepEqual(said, [7, undefined]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /no certificate for this node/);
  });

  it('reads nothing after its stop', async () => {
    let reads = 0;
    read = () => Promise.resolve((reads += 1) > 0 ? certificate(7) : undefined);
    await begin();
    await membership.stop();
    await time.advance(5 * TEN_MINUTES);
    assert.equal(reads, 1);
  });
});
