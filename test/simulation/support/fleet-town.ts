import { utf8 } from '../../../lib/bytes';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { signCertificate } from '../../../lib/protocol/fleet/certificate';
import { openLocalEngine } from '../../../lib/storage/local/local-engine';
import { MemoryFleetRegister } from '../../../lib/testing/memory-fleet-register';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { SeededRandom } from '../../../lib/testing/simulated-platform';
import { homesIn, smallWorld } from '../../../scripts/fleet/placement';
import { type Device, MINUTE, SECOND, World } from '../../support/world';

const crypto = chooseCryptoProvider();
const digest = (name: string) => crypto.sha256(utf8(name));
const keyPairOf = (name: string) => crypto.keyPairFromSecret(digest(name));

/** A town in which everybody has a few storage nodes of one fleet, by the placement rules, and contacts. */
export interface FleetTownSize {
  readonly users: number;
  readonly contacts: number;
  readonly nodes: number;
  /** Part of the contacts who are none of the neighbours, 0..1. */
  readonly far: number;
  /** How often each half of the town writes to the other half, which is away. */
  readonly rounds: number;
}

/** What came of it. */
export interface FleetTownFigures {
  readonly sent: number;
  readonly arrived: number;
  /** Messages that arrived more than once, or that nobody sent. */
  readonly wrong: number;
  /** Of the pairs who wrote to each other, those who have no node in common. */
  readonly apart: number;
  readonly pairs: number;
  /** Most records in the store of the fleet, and what is left at the end. */
  readonly mostStored: number;
  readonly left: number;
}

/** One half of the users is away at a time; in mid-stream one node of the fleet goes for good. */
export async function runFleetTown(seed: string, size: FleetTownSize): Promise<FleetTownFigures> {
  const { users: count, contacts, nodes: nodeCount, far } = size;
  const graph = smallWorld(count, contacts, far, new SeededRandom(seed));
  const users = Array.from({ length: count }, (_, user) => `user ${user}`);
  const nodes = Array.from({ length: nodeCount }, (_, node) => `node ${node}`);
  const homes = homesIn(count, nodeCount);
  const world = new World(seed);
  acquaint(world, users, nodes, (user, other) => graph[user]?.has(other) ?? false, homes);

  const ages = { now: () => Math.floor(world.time.clock.monotonic() / 1000) };
  const shared = {
    engine: openLocalEngine({ store: openMemoryStore(new MemoryVolume()), crypto, ages }),
    register: new MemoryFleetRegister(),
  };
  const claims = { serial: 1, valid: 604_800, replicas: 2 };
  const running: Device[] = [];
  for (const name of nodes) {
    const keyPair = keyPairOf(name);
    const certificate = signCertificate(digest('fleet'), keyPair.publicKey, claims);
    const fleet = { shared, secret: digest('marks'), certificate: () => Promise.resolve(certificate) };
    running.push(await world.add(name, { keyPair, storageRole: 'friends', fleet }));
  }
  const people: Device[] = [];
  for (const name of users)
    people.push(await world.add(name, { keyPair: keyPairOf(name), storageRole: 'off' }));
  const contactsOf = (user: number) => [...(graph[user] ?? [])];
  const haveKeys = () =>
    people.every((person, user) =>
      contactsOf(user).every((other) =>
        person.manager.canSendAsyncMessage(keyPairOf(users[other] ?? '').publicKey),
      ),
    );
  await world.until('all have keys of their contacts', haveKeys, 10 * MINUTE);
  await world.run(30 * SECOND);

  const sent: string[] = [];
  const pairs = new Set<string>();
  let mostStored = 0;
  const arrived = () => people.flatMap(({ texts }) => texts);
  for (let round = 0; round < size.rounds; round += 1) {
    const isAway = (user: number) => (user + Math.floor(user / 2) + round) % 2 === 0;
    for (const [user, person] of people.entries()) await person.online(!isAway(user));
    await world.run(10 * SECOND);
    for (const [user, person] of people.entries()) {
      for (const other of contactsOf(user)) {
        const friend = people[other];
        if (isAway(user) || !isAway(other) || friend === undefined) continue;
        const text = `${round}: ${user} to ${other}`;
        await person.send(friend, text);
        sent.push(text);
        pairs.add([user, other].sort((a, b) => a - b).join());
      }
    }
    // Its users go on with their other node.
    if (round === Math.floor(size.rounds / 2)) await running[0]?.crash();
    await world.run(2 * MINUTE);
    mostStored = Math.max(mostStored, shared.engine.total().messages);
    for (const [user, person] of people.entries()) await person.online(isAway(user));
    await world.until('all have arrived', () => arrived().length >= sent.length, 30 * MINUTE);
    for (const person of people) await person.online(true);
    await world.run(MINUTE);
  }
  const apart = [...pairs].filter((pair) => {
    const [a = [], b = []] = pair.split(',').map((user) => homes[Number(user)]);
    return !a.some((node) => b.includes(node));
  });
  const figures = {
    sent: sent.length,
    arrived: arrived().length,
    wrong: arrived().length - new Set(arrived().filter((text) => sent.includes(text))).size,
    apart: apart.length,
    pairs: pairs.size,
    mostStored,
    left: shared.engine.total().messages,
  };
  await world.stop();
  return figures;
}

/** Everybody sees contacts and their own nodes, and nobody else. */
function acquaint(
  world: World,
  users: readonly string[],
  nodes: readonly string[],
  areContacts: (user: number, other: number) => boolean,
  homes: readonly (readonly number[])[],
): void {
  for (const [a, name] of users.entries()) {
    for (const [b, other] of users.entries()) if (b > a && !areContacts(a, b)) world.strangers(name, other);
    for (const [n, node] of nodes.entries()) if (!homes[a]?.includes(n)) world.strangers(name, node);
  }
  for (const [a, node] of nodes.entries()) {
    for (const other of nodes.slice(a + 1)) world.strangers(node, other);
  }
}
