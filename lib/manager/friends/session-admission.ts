import { joinProver, type JoinProverComponents, type JoinTokenSources } from '../../cells/join-prover';
import { PeerMap } from '../../peer-map';
import {
  type AdmissionPolicy,
  type Admitted,
  type Candidate,
  FriendAdmission,
} from '../../transport/friend-admission';
import type { FriendTransport } from '../../transport/friend-transport';
import type { Logger, PublicKey } from '../../types';
import type { AsyncManager } from '../async-manager';

/** Preference of the session: whom the open policy let in, and when. */
const ADMITTED = 'friends-admitted';

/** The session for which friend requests are judged. */
export type AdmittingManager = Pick<
  AsyncManager,
  'addFriend' | 'age' | 'friends' | 'holdsMailFor' | 'preference' | 'removeFriend' | 'savePreference'
>;

/** Who becomes a friend by asking. */
export interface AdmissionSettings {
  readonly policy: AdmissionPolicy;
  /** Who becomes one by a join token, up to `cap` friends in all. */
  readonly joins?: JoinTokenSources & { readonly cap: number };
}

/** What a network knows of a session's friends. */
export interface FriendsSeen {
  /** Makes somebody a friend, of the session and on the network. */
  readonly accept: (friend: PublicKey) => Promise<void>;
  /** Who is a friend, and when each was last seen. */
  readonly seen: () => readonly Candidate[];
}

/** Decides on friend requests to a session; whom it let in, the session remembers over restarts. */
export function sessionAdmission(
  manager: AdmittingManager,
  { policy, joins }: AdmissionSettings,
  { accept, seen }: FriendsSeen,
  components: JoinProverComponents & { readonly log: Pick<Logger, 'error'> },
): FriendAdmission {
  return new FriendAdmission({
    policy,
    ...(joins && { joins: { cap: joins.cap, proves: joinProver(components, joins) } }),
    admitted: () => admittedIn(manager.preference(ADMITTED)),
    saveAdmitted: (admitted) => manager.savePreference(ADMITTED, admitted),
    age: () => manager.age,
    accept,
    remove: (friend) => manager.removeFriend(friend),
    friends: seen,
    holdsMailFor: (friend, submitters) => manager.holdsMailFor(friend, submitters),
    log: components.log,
  });
}

/** A session's friends as a network of friends knows them. */
export function friendsSeenOn(
  manager: Pick<AdmittingManager, 'addFriend' | 'friends'>,
  network: Pick<FriendTransport, 'details'>,
): FriendsSeen {
  return {
    accept: (friend) => manager.addFriend(friend),
    seen: () => {
      const seen = new PeerMap(network.details().map((each) => [each.publicKey, each.lastOnline] as const));
      return manager
        .friends()
        .map(({ publicKey, online }) => ({ publicKey, online, lastOnline: seen.get(publicKey) }));
    },
  };
}

function admittedIn(preference: unknown): Admitted[] {
  const list: unknown[] = Array.isArray(preference) ? preference : [];
  return list.filter(isAdmitted);
}

function isAdmitted(entry: unknown): entry is Admitted {
  if (typeof entry !== 'object' || entry === null || !('friend' in entry) || !('at' in entry)) return false;
  return typeof entry.friend === 'string' && typeof entry.at === 'number';
}
