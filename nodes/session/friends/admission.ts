import {
  chooseCryptoProvider,
  FriendAdmission,
  joinProver,
  systemPlatform,
  type AdmissionPolicy,
  type Admitted,
  type AsyncManager,
  type JoinPolicy,
  type Logger,
  type PublicKey,
} from '../../../lib/index';
import { publicKeyOf } from './friend-list';
import type { Admission, Joins, SessionSettings } from '../session-settings';

/** Preference of the session: whom the open policy let in, and when. */
const ADMITTED = 'friends-admitted';

/** What a network knows of a session's friends. */
export interface FriendsSeen {
  /** Makes somebody a friend, of the session and on the network. */
  readonly accept: (friend: PublicKey) => Promise<void>;
  readonly log: Pick<Logger, 'error'>;
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
  { admission, joins }: Pick<SessionSettings, 'admission' | 'joins'>,
  { accept, seen, log }: FriendsSeen,
): FriendAdmission {
  return new FriendAdmission({
    policy: policyOf(admission),
    ...(joins && { joins: joinPolicyOf(joins) }),
    admitted: () => admittedIn(manager.preference(ADMITTED)),
    saveAdmitted: (admitted) => manager.savePreference(ADMITTED, admitted),
    age: () => manager.age,
    accept,
    remove: (friend) => manager.removeFriend(friend),
    friends: seen,
    holdsMailFor: (friend, submitters) => manager.holdsMailFor(friend, submitters),
    log,
  });
}

function admittedIn(preference: unknown): Admitted[] {
  const list: unknown[] = Array.isArray(preference) ? preference : [];
  return list.filter(isAdmitted);
}

function isAdmitted(entry: unknown): entry is Admitted {
  if (typeof entry !== 'object' || entry === null || !('friend' in entry) || !('at' in entry)) return false;
  return typeof entry.friend === 'string' && typeof entry.at === 'number';
}

function policyOf(admission: Admission): AdmissionPolicy {
  if (admission.kind !== 'list') return admission;
  return { kind: 'list', allowed: admission.allowed.map(publicKeyOf) };
}

function joinPolicyOf({ cap, ...sources }: Joins): JoinPolicy {
  return { cap, proves: joinProver({ crypto: chooseCryptoProvider(), ...systemPlatform }, sources) };
}
