import { compareBytes, sameBytes } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { PeerSet } from '../../peer-map';
import { nodeHint } from '../../protocol/names';
import type { PublicKey } from '../../types';
import type { NodeRecords } from './node-records';

/** Hints that a state message has room for. */
export const MAX_HINTS = 16;
/** Addresses of open nodes that a state message has room for. */
export const MAX_OPEN_NODES = 4;

/**
 * Hints, in bytewise order, of the 16 best nodes and fleets; a fleet is named before the first of its nodes.
 * @param best the nodes that `owner` polls, the best first
 * @param fleetOf the key of the fleet to which a node belongs
 */
export function hintsOf(
  crypto: CryptoProvider,
  owner: PublicKey,
  best: readonly PublicKey[],
  fleetOf: (node: PublicKey) => Uint8Array | undefined,
): Uint8Array[] {
  const named = new PeerSet();
  for (const peer of best) {
    const fleet = fleetOf(peer);
    if (fleet !== undefined) named.add(fleet);
    named.add(peer);
  }
  return [...named]
    .slice(0, MAX_HINTS)
    .map((key) => nodeHint(crypto, owner, key))
    .sort(compareBytes);
}

/**
 * Tox addresses of open nodes: our own while we are one, then those of the best that we poll and that say their own, the
 * reader excepted, in bytewise order; 4 in all.
 */
export function openAddresses(
  records: Pick<NodeRecords, 'get'>,
  own: Uint8Array | undefined,
  reader: PublicKey,
  best: readonly PublicKey[],
): Uint8Array[] {
  const polled = best.flatMap((peer) => {
    const record = records.get(peer);
    return record?.openNode === true && record.address && !sameBytes(peer, reader) ? [record.address] : [];
  });
  const first = own === undefined ? [] : [own];
  return [...first, ...polled.slice(0, MAX_OPEN_NODES - first.length).sort(compareBytes)];
}
