import type { Store } from '../../store/store';
import type { SecretVault } from '../../store/vault/secret-vault';
import type { Assemblies } from './assemblies';
import type { Inbox, InboxEntry } from './inbox';
import type { OwedReceipts } from './owed-receipts';
import type { Tombstones } from './tombstones';

export interface WithdrawalParts {
  readonly store: Store;
  readonly vault: SecretVault;
  readonly inbox: Inbox;
  readonly assemblies: Pick<Assemblies, 'entries' | 'erase' | 'isReadable'>;
  readonly tombstones: Tombstones;
  readonly receipts: OwedReceipts;
}

/**
 * At start: messages whose secret the vault lost. One in the inbox whose receipt never left is withdrawn with its
 * message id, so that its sender, who learns that the key is dead, sends it again; so is a large one that is not
 * complete.
 * @returns the entries that are lost for good
 */
export async function withdrawUnreadable(parts: WithdrawalParts): Promise<InboxEntry[]> {
  const { store, vault, inbox, assemblies, tombstones, receipts } = parts;
  const lost: InboxEntry[] = [];
  const writes = store.batch();
  for (const assembly of assemblies.entries()) {
    if (assemblies.isReadable(assembly)) continue;
    const { sender, heads, lifetime } = assembly;
    for (const { tag } of heads) tombstones.addDead(writes, sender, tag, lifetime);
    assemblies.erase(writes, assembly);
  }
  for (const entry of inbox.entries()) {
    if (vault.read(entry.ref) !== undefined) continue;
    inbox.erase(writes, entry);
    const mayComeAgain = !entry.handed && !receipts.wasSent(entry.sender, entry.messageId);
    if (mayComeAgain) {
      tombstones.withdraw(writes, entry.sender, entry.messageId);
      receipts.drop(writes, entry.sender, entry.messageId);
    } else {
      lost.push(entry);
    }
  }
  await writes.commit();
  return lost;
}
