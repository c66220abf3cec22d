import { FriendAdmission, type AdmissionPolicy, type AsyncManager, type PublicKey } from '../../lib/index';
import { publicKeyOf } from './friend-list';
import { textsIn } from './preference-texts';
import type { Admission } from './session-settings';

/** Preference of the session: whom the open policy let in. */
const ADMITTED = 'friends-admitted';

/** What a network knows of a session's friends. */
export interface FriendsSeen {
  /** Makes somebody a friend, of the session and on the network. */
  readonly accept: (friend: PublicKey) => Promise<void>;
  /** Who stays, and when the others were last seen: Unix milliseconds, undefined for never. */
  readonly seen: () => readonly {
    readonly publicKey: PublicKey;
    readonly online: boolean;
    readonly lastOnline: number | undefined;
  }[];
}

/** Decides on friend requests for a session, as its storage-node is set. ErrInvalidKey, ErrInvalidToxId. */
export function admissionOf(
  manager: AsyncManager,
  admission: Admission,
  { accept, seen }: FriendsSeen,
): FriendAdmission {
  return new FriendAdmission({
    policy: policyOf(admission),
    admitted: () => textsIn(manager.preference(ADMITTED)),
    saveAdmitted: (keys) => manager.savePreference(ADMITTED, keys),
    accept,
    remove: (friend) => manager.removeFriend(friend),
    friends: seen,
    holdsMailFor: (friend) => manager.holdsMailFor(friend),
  });
}

function policyOf(admission: Admission): AdmissionPolicy {
  if (admission.kind !== 'list') return admission;
  return { kind: 'list', allowed: admission.allowed.map(publicKeyOf) };
}
