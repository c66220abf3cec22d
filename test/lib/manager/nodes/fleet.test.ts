import assert from 'node:assert/strict';
import { utf8 } from '../../../../lib/bytes';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { openLocalEngine } from '../../../../lib/storage/local/local-engine';
import { type FleetCertificate, signCertificate } from '../../../../lib/protocol/fleet/certificate';
import type { MessageEngine } from '../../../../lib/storage/message-engine';
import { MemoryFleetRegister } from '../../../../lib/testing/memory-fleet-register';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';
import { type Device, HOUR, MINUTE, SECOND, World } from '../../../support/world';

const crypto = chooseCryptoProvider();
const digest = (name: string) => crypto.sha256(utf8(name));
const keyPair = (name: string) => crypto.keyPairFromSecret(digest(name));

describe('a fleet of storage nodes on one store', function () {
  this.timeout(60_000);
  let world: World;
  let engine: MessageEngine;
  let register: MemoryFleetRegister;
  let certificates: Map<string, FleetCertificate>;
  let sender: Device;
  let recipient: Device;
  let nodes: Device[];

  const certify = (name: string, serial: number, valid = 7 * 24 * 3600) =>
    certificates.set(
      name,
      signCertificate(digest('fleet'), keyPair(name).publicKey, { serial, valid, replicas: 2 }),
    );
  const add = (name: string, more = {}) =>
    world.add(name, { keyPair: keyPair(name), storageRole: 'off', ...more });
  const addNode = (name: string) =>
    add(name, {
      storageRole: 'friends',
      fleet: {
        shared: { engine, register },
        secret: digest('marks'),
        certificate: async () => certificates.get(name),
      },
    });

  /** The sender knows the first node, the recipient the last, and the one between them both. */
  beforeEach(async () => {
    world = new World('fleet');
    const ages = { now: () => Math.floor(world.time.clock.monotonic() / 1000) };
    engine = openLocalEngine({ store: openMemoryStore(new MemoryVolume()), crypto, ages });
    register = new MemoryFleetRegister();
    certificates = new Map();
    for (const name of ['node A', 'node B', 'node C']) certify(name, 7);
    world.strangers('sender', 'node C');
    world.strangers('recipient', 'node A');
    nodes = [await addNode('node A'), await addNode('node B'), await addNode('node C')];
    sender = await add('sender');
    recipient = await add('recipient');
    await world.until('keys', () => sender.manager.canSendAsyncMessage(recipient.pk));
    await world.run(30 * SECOND);
  });

  afterEach(() => world.stop());

  it('keeps a message once, at two copies, and gives it at any node, where it is deleted once', async () => {
    await nodes[1]!.online(false);
    await recipient.online(false);
    const receipt = await sender.send(recipient, 'Water in the cellar');
    await world.until('it is stored', () => sender.statesOf(receipt).includes('stored'));
    const [stored] = sender.outcomes.filter(({ state }) => state === 'stored');
    assert.equal(stored && 'nodes' in stored ? stored.nodes : 0, 2, 'its one copy has a replica');
    await world.run(MINUTE);
    assert.equal(engine.total().messages, 1);
    await recipient.online(true);
    await world.until('it arrives', () => recipient.texts.includes('Water in the cellar'));
    await world.until('it is delivered', () => sender.statesOf(receipt).includes('delivered'));
    await world.run(30 * SECOND);
    assert.deepEqual([engine.total().messages, recipient.texts.length], [0, 1]);
  });

  it('tells a recipient at another node at once that mail came', async () => {
    await sender.online(false);
    await nodes[1]!.online(false);
    await world.run(SECOND);
    await nodes[0]!.online(true);
    // The two never meet: only node A hears of the one, and only node C of the other.
    world.strangers('sender', 'recipient');
    await recipient.depart();
    await recipient.join();
    await recipient.online(true);
    await sender.depart();
    await sender.join();
    await sender.online(true);
    await world.run(30 * SECOND);
    await sender.send(recipient, 'Leak');
    const before = world.time.clock.monotonic();
    await world.until('it arrives', () => recipient.texts.includes('Leak'));
    assert.ok(world.time.clock.monotonic() - before < 5 * SECOND);
  });

  it('does not use a node that left it, and uses it again once it is certified', async () => {
    certify('node B', 8);
    certify('node C', 8);
    await world.run(HOUR);
    await nodes[1]!.online(false);
    await recipient.online(false);
    await world.run(SECOND);
    const receipt = await sender.send(recipient, 'To whom?');
    await world.run(MINUTE);
    assert.equal(engine.total().messages, 0, 'node A has no certificate of the new round');
    certify('node A', 8);
    await world.run(HOUR);
    await world.until('it is stored', () => sender.statesOf(receipt).includes('stored'));
  });

  it('does not use a node whose certificate is over', async () => {
    // Read within 10 minutes, and over 10 minutes after that.
    for (const name of ['node A', 'node B', 'node C']) certify(name, 8, 600);
    await world.run(11 * MINUTE);
    await nodes[1]!.online(false);
    await world.run(11 * MINUTE);
    await recipient.online(false);
    await world.run(SECOND);
    await sender.send(recipient, 'Too late');
    await world.run(MINUTE);
    assert.equal(engine.total().messages, 0);
  });
});
