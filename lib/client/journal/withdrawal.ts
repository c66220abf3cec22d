import type { Store } from '../../store/store';
import type { SecretVault } from '../../store/vault/secret-vault';
import type { Inbox, InboxEntry } from './inbox';
import type { OwedReceipts } from './owed-receipts';
import type { Tombstones } from './tombstones';

export interface WithdrawalParts {
  readonly store: Store;
  readonly vault: SecretVault;
  readonly inbox: Inbox;
  readonly tombstones: Tombstones;
  readonly receipts: OwedReceipts;
}

/**
 * At start: inbox entries whose secret the vault lost. One whose receipt never left is withdrawn with its
 * message id, so that its sender, who learns that the key is dead, sends it again.
 * @returns the entries that are lost for good
 */
export async function withdrawUnreadable(parts: WithdrawalParts): Promise<InboxEntry[]> {
  const { store, vault, inbox, tombstones, receipts } = parts;
  const lost: InboxEntry[] = [];
  const writes = store.batch();
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
