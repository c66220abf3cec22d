import { chooseCryptoProvider, joinRequests, parseToxId, toHex, type AsyncManager } from '../../../lib/index';
import { textsIn } from '../../runtime/settings/preference-texts';
import type { SessionSettings } from '../session-settings';

/** Preference of the session: the Tox IDs of its cell that were sent a friend request, each with the text of it. */
const ASKED = 'cell-asked';

/**
 * Asks the collector of this session's cell, and the storage nodes of it, to be its friends, each once: Tox goes on
 * asking until they accept. Another token is another request, which takes the place of one that was not accepted.
 * @throws ErrInvalidToxId, ErrInvalidKey, ErrInvalidRecipient, ErrStore, ErrLocalStorageFull
 */
export async function askCell(
  manager: AsyncManager,
  { invitation }: Pick<SessionSettings, 'invitation'>,
): Promise<void> {
  if (invitation === undefined) return;
  let asked = textsIn(manager.preference(ASKED));
  const own = toHex(manager.publicKey);
  for (const { toxId, name, text } of joinRequests(chooseCryptoProvider(), manager.publicKey, invitation)) {
    const { publicKey } = parseToxId(toxId);
    const request = `${toxId} ${text}`;
    if (asked.includes(request) || toHex(publicKey) === own) continue;
    if (!(await manager.control.requestFriend(toxId, text))) return;
    await manager.addFriend(publicKey, name);
    asked = [...asked.filter((each) => !each.startsWith(toxId)), request];
    await manager.savePreference(ASKED, asked);
  }
}
