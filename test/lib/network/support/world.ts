import { compareBytes } from '../../../../lib/bytes';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { PeerNetwork, type PeerNetworkOptions } from '../../../../lib/network/peer-network';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { silentLogger, type KeyPair } from '../../../../lib/types';
import { RawPeer } from './raw-peer';
import { TestTransport } from './test-transport';

export const crypto = createPortableProvider();
/** What a network says in its hello unless a test has it say something else. */
export const FLAGS = { acceptsStores: true, openNode: false };

/** Two identities, the one with the smaller key first: it is side 1. */
export function identities(random: SeededRandom): [KeyPair, KeyPair] {
  const pair = [generateKeyPair(crypto, random), generateKeyPair(crypto, random)] as [KeyPair, KeyPair];
  return pair.sort((a, b) => compareBytes(a.publicKey, b.publicKey));
}

/** A network under test with everything it reported. */
export interface Watched {
  readonly network: PeerNetwork;
  readonly transport: TestTransport;
  /** Events in order, as words: 'session', 'message mail 3', 'closed', ... */
  readonly events: string[];
  readonly errors: string[];
}

export interface World {
  readonly time: SimulatedTime;
  readonly random: SeededRandom;
  readonly side1: KeyPair;
  readonly side2: KeyPair;
}

export function createWorld(seed: string): World {
  const random = new SeededRandom(seed);
  const [side1, side2] = identities(random);
  return { time: new SimulatedTime(), random, side1, side2 };
}

export async function watch(
  { time, random }: World,
  identity: KeyPair,
  options: Partial<PeerNetworkOptions> = {},
): Promise<Watched> {
  const errors: string[] = [];
  const network = new PeerNetwork({
    crypto,
    clock: time.clock,
    timers: time.timers,
    random,
    identity,
    flagsFor: () => FLAGS,
    hasSpoken: () => false,
    allowsPlain: () => false,
    log: { ...silentLogger, error: (text) => errors.push(text) },
    ...options,
  });
  const events: string[] = [];
  network.events.on('session', () => events.push('session'));
  network.events.on('closed', () => events.push('closed'));
  network.events.on('plain-client', () => events.push('plain-client'));
  network.events.on('message', ({ message }) => events.push(`message ${describeMessage(message)}`));
  const transport = new TestTransport(identity.publicKey, time);
  await network.attach(transport);
  return { network, transport, events, errors };
}

function describeMessage(message: SessionMessage): string {
  return message.kind === 'mail' ? `mail ${message.waiting}` : message.kind;
}

/** A network under test, and its friend played by the test. */
export async function withRawPeer(
  world: World,
  side: 1 | 2,
  options?: Partial<PeerNetworkOptions>,
): Promise<Watched & { readonly peer: RawPeer }> {
  const [own, theirs] = side === 1 ? [world.side1, world.side2] : [world.side2, world.side1];
  const watched = await watch(world, own, options);
  const peer = new RawPeer({ crypto, random: world.random, identity: theirs, transport: watched.transport });
  watched.transport.handler?.onFriend(peer.identity.publicKey, true);
  return { ...watched, peer };
}

export const mail = (waiting: number): SessionMessage => ({ kind: 'mail', waiting });

/** A session in which the test plays side 1. `told` gives what the network said of it since the last call. */
export async function rawSession(world: World) {
  const watched = await withRawPeer(world, 2);
  watched.peer.greet();
  const told = () => watched.events.splice(0).filter((event) => event !== 'session');
  return { ...watched, told, friend: watched.peer.identity.publicKey };
}
