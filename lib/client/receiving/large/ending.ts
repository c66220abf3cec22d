import type { ReceiptCode } from '../../../protocol/codes';
import type { WriteBatch } from '../../../store/store';
import type { Assemblies, Assembly } from '../../journal/assemblies';
import type { MemoryTurn } from '../../journal/friend-memory';
import type { Tombstones } from '../../journal/tombstones';

const NOTHING = new Uint8Array();

/** How many tombstones remember a large message: one for each head and each chunk. */
export function tombstonesOf({ heads, tags }: Assembly): number {
  return heads.length + tags.length;
}

/** What came of it is known from now on, and is answered by `code` when its head comes again. */
export function buryLarge(
  writes: WriteBatch,
  tombstones: Pick<Tombstones, 'add'>,
  { sender, messageId, heads, tags }: Assembly,
  { code, lifetime }: { readonly code: ReceiptCode; readonly lifetime: number },
): void {
  const fields = { sender, messageId, code };
  for (const tag of tags) {
    tombstones.add(writes, tag, { ...fields, storageId: NOTHING, large: 'chunk' }, lifetime);
  }
  for (const { tag, storageId, preKeyId } of heads) {
    tombstones.add(writes, tag, { ...fields, storageId, preKeyId, large: 'head' }, lifetime);
  }
}

/** It is forgotten, and may begin again with another head. The tags of its heads stay dead. */
export function putOffLarge(
  writes: WriteBatch,
  {
    assemblies,
    tombstones,
  }: { assemblies: Pick<Assemblies, 'putOff'>; tombstones: Pick<Tombstones, 'addDead'> },
  memory: Pick<MemoryTurn, 'takes'>,
  assembly: Assembly,
): void {
  for (const { tag } of assembly.heads) {
    if (memory.takes({ owesReceipt: false })) {
      tombstones.addDead(writes, assembly.sender, tag, assembly.lifetime);
    }
  }
  assemblies.putOff(writes, assembly);
}
