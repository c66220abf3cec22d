import assert from 'node:assert/strict';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { ToxAsyncError } from '../../../../lib/errors';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import {
  VirtualNetwork,
  type VirtualNetworkOptions,
} from '../../../../lib/transport/virtual/virtual-network';
import type { VirtualTransport } from '../../../../lib/transport/virtual/virtual-transport';
import { numbered, RecordingHandler } from '../../../../lib/testing/transport/recording-handler';

const crypto = createPortableProvider();
/** The public key that belongs to a word. */
export const keyOf = (word: string) =>
  crypto.keyPairFromSecret(crypto.sha256(new TextEncoder().encode(word))).publicKey;

export const codeOf = (code: string) => (error: unknown) => ToxAsyncError.is(error) && error.code === code;

export function simulation(options: Partial<VirtualNetworkOptions> = {}) {
  const time = new SimulatedTime();
  const network = new VirtualNetwork({
    timers: time.timers,
    random: new SeededRandom(1),
    latencyMs: 10,
    ...options,
  });
  return { time, network };
}

export interface Party {
  readonly transport: VirtualTransport;
  readonly heard: RecordingHandler;
}

export async function join(network: VirtualNetwork, name: string, key = keyOf(name)): Promise<Party> {
  const transport = network.join({ publicKey: key, name });
  const heard = new RecordingHandler();
  await transport.start(heard);
  return { transport, heard };
}

/** Alice and Bob, who see each other. */
export async function meeting(options?: Partial<VirtualNetworkOptions>) {
  const { network, time } = simulation(options);
  const alice = await join(network, 'alice');
  const bob = await join(network, 'bob');
  await time.advance(50);
  assert.ok(sees(alice, bob) && sees(bob, alice));
  alice.heard.clear();
  bob.heard.clear();
  return { network, time, alice, bob };
}

export const sees = (one: Party, other: Party) => one.transport.isFriendOnline(other.transport.self);
export const send = (from: Party, to: Party, n: number) =>
  from.transport.sendPacket(to.transport.self, numbered(n));
