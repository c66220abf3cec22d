import {
  FriendAdmission,
  toHex,
  type AdmissionPolicy,
  type AsyncManager,
  type FriendTransport,
} from '../../lib/index';
import { publicKeyOf } from '../shared/friend-list';
import type { Admission } from '../shared/session-settings';

/** Preference of the session: whom the open policy let in. */
const ADMITTED = 'friends-admitted';

/** Decides on friend requests for a session, as its storage-node is set. ErrInvalidKey, ErrInvalidToxId. */
export function admissionOf(
  manager: AsyncManager,
  tox: FriendTransport,
  admission: Admission,
): FriendAdmission {
  return new FriendAdmission({
    policy: policyOf(admission),
    admitted: () => textsIn(manager.preference(ADMITTED)),
    saveAdmitted: (keys) => manager.savePreference(ADMITTED, keys),
    accept: (friend) => manager.addFriend(friend),
    remove: (friend) => manager.removeFriend(friend),
    friends: () => {
      const seen = new Map(tox.details().map((each) => [toHex(each.publicKey), each.lastOnline]));
      return manager
        .friends()
        .map(({ publicKey, online }) => ({ publicKey, online, lastOnline: seen.get(toHex(publicKey)) }));
    },
    holdsMailFor: (friend) => manager.holdsMailFor(friend),
  });
}

/** A list of texts as a preference keeps it; empty when it is something else. */
export function textsIn(preference: unknown): string[] {
  const list: unknown[] = Array.isArray(preference) ? preference : [];
  return list.filter((each) => typeof each === 'string');
}

function policyOf(admission: Admission): AdmissionPolicy {
  if (admission.kind !== 'list') return admission;
  return { kind: 'list', allowed: admission.allowed.map(publicKeyOf) };
}
