import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { readEnvelopeHeader } from '../../../../lib/protocol/envelope/envelope';
import { sideOf } from '../../../../lib/protocol/session/handshake';
import { storageIdOf } from '../../../../lib/protocol/names';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { waitFor } from '../../../support/world';
import { RawPeer } from '../../network/support/raw-peer';
import type { Said, ScriptedFriend } from './scripted-friend';

const crypto = chooseCryptoProvider();

export type Item = Said<'list-answer'>['items'][number];
/** A node and what it does with what it is asked. */
export type Answering = readonly [RawPeer, (asked: SessionMessage) => void];

/** Another friend of the session, which may act as a storage node; it says only what the test lets it say. */
export async function connectNode({ random, transport, manager, time }: ScriptedFriend): Promise<RawPeer> {
  let identity = generateKeyPair(crypto, random);
  while (sideOf(identity.publicKey, manager.publicKey) === 1) identity = generateKeyPair(crypto, random);
  const node = new RawPeer({ crypto, random, identity, transport });
  await waitFor(time, manager.addFriend(identity.publicKey));
  transport.handler?.onFriend(identity.publicKey, true);
  await time.advance(1);
  node.answer();
  node.prove();
  return node;
}

export function itemOf(envelope: Uint8Array, cursor = 1): Item {
  const tag = readEnvelopeHeader(envelope).tag.slice();
  return { cursor, storageId: storageIdOf(crypto, envelope), tag, age: 0 };
}

/** Lets time pass, a millisecond at a time, in which each node answers as it likes. */
export async function pass({ time }: ScriptedFriend, ms: number, nodes: readonly Answering[]): Promise<void> {
  for (let i = 0; i < ms; i += 1) {
    await time.advance(1);
    for (const [node, answer] of nodes) node.opened().forEach(answer);
  }
}
