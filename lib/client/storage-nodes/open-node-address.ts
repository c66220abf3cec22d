import { copyOf, sameBytes, toHex } from '../../bytes';
import { ByteSet } from '../../byte-map';
import { isAcceptablePublicKey } from '../../crypto/public-key';
import { ToxAsyncError } from '../../errors';
import { parseToxId } from '../../identity/tox-id';
import type { PublicKey } from '../../types';

/** An open storage node that a friend polls. */
export interface OpenNodeAddress {
  readonly publicKey: PublicKey;
  /** 76 digits, in upper case. */
  readonly toxId: string;
}

/** The node behind an address of 38 bytes; undefined when its checksum or its key is no good. */
export function readOpenNodeAddress(address: Uint8Array): OpenNodeAddress | undefined {
  const toxId = toHex(address).toUpperCase();
  try {
    const { publicKey } = parseToxId(toxId);
    return isAcceptablePublicKey(publicKey) ? { publicKey, toxId } : undefined;
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrInvalidToxId')) return undefined;
    throw error;
  }
}

/** What the addresses of open nodes in a friend's state say; those that are no good, or our own, are left out. */
export function readOpenNodes(
  addresses: readonly Uint8Array[],
  {
    self,
    friend,
    before = [],
  }: { self: PublicKey; friend: PublicKey; before: readonly Uint8Array[] | undefined },
): { address: Uint8Array | undefined; openNodes: Uint8Array[]; added: OpenNodeAddress[] } {
  const known = new ByteSet(before);
  let address: Uint8Array | undefined;
  const openNodes: Uint8Array[] = [];
  const added: OpenNodeAddress[] = [];
  for (const each of addresses) {
    const node = readOpenNodeAddress(each);
    if (node === undefined || sameBytes(node.publicKey, self)) continue;
    if (sameBytes(node.publicKey, friend)) {
      address = copyOf(each);
      continue;
    }
    openNodes.push(copyOf(each));
    if (!known.has(each)) added.push(node);
  }
  return { address, openNodes, added };
}
