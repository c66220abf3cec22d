/**
 * A Tox profile (savedata) as every client writes it, not sealed with a passphrase. What this project does not
 * use stays as it is, so that the profile can go back to the client it came from.
 */
import { concat, copyOf, readUtf8, sameBytes } from '../bytes';
import { KEY_BYTES } from '../crypto/lengths';
import { PeerMap } from '../peer-map';
import type { KeyPair, PublicKey } from '../types';
import { FRIEND_BYTES, makeFriend, type ProfileFriend, readFriend } from './profile-friend';
import { malformed, type ProfileSection, readSections, writeSections } from './profile-sections';
import { NOSPAM_BYTES } from './tox-id';

/** Section types (toxcore's state.h). */
const NOSPAM_KEYS = 1;
const FRIENDS = 3;
const NAME = 4;
const STATUS_MESSAGE = 5;
const UNDERSTOOD = [NOSPAM_KEYS, FRIENDS, NAME, STATUS_MESSAGE];

export interface ToxProfile {
  readonly keyPair: KeyPair;
  /** 4 bytes, as in the Tox ID. */
  readonly nospam: Uint8Array;
  readonly name?: string;
  readonly statusMessage?: string;
  readonly friends: readonly ProfileFriend[];
  /** The whole profile; the other fields are read from it. */
  readonly sections: readonly ProfileSection[];
}

/** A friend as the rest of this project sees it. */
export interface NamedFriend {
  readonly publicKey: PublicKey;
  readonly name?: string;
}

/** A friend as a profile or a network names it: the name may be anything. */
export interface FoundFriend extends NamedFriend {
  /** There is a name, and it is not in UTF-8. */
  readonly garbledName?: true;
}

/**
 * Whether the public key is that of the secret key is not checked.
 * @throws ErrMalformed
 */
export function parseProfile(bytes: Uint8Array): ToxProfile {
  return readProfile(readSections(copyOf(bytes)));
}

export function serialiseProfile(profile: ToxProfile): Uint8Array {
  return writeSections(profile.sections);
}

/** A profile without friends. */
export function makeProfile(keyPair: KeyPair, nospam: Uint8Array): ToxProfile {
  return readProfile([
    { type: NOSPAM_KEYS, data: concat(nospam, keyPair.publicKey, keyPair.secretKey) },
    { type: FRIENDS, data: new Uint8Array() },
  ]);
}

/** The profile with exactly these friends, each keeping what the profile says of it. */
export function withFriends(profile: ToxProfile, friends: readonly NamedFriend[]): ToxProfile {
  const known = new PeerMap(profile.friends.map((friend) => [friend.publicKey, friend] as const));
  const records = friends.map(
    ({ publicKey, name }) => makeFriend(publicKey, name, known.get(publicKey)).record,
  );
  const section = { type: FRIENDS, data: concat(...records) };
  const { sections } = profile;
  return readProfile(
    sections.some(({ type }) => type === FRIENDS)
      ? sections.map((old) => (old.type === FRIENDS ? section : old))
      : [...sections, section],
  );
}

function readProfile(sections: readonly ProfileSection[]): ToxProfile {
  const dataOf = (wanted: number) => sections.find(({ type }) => type === wanted)?.data;
  for (const type of UNDERSTOOD) {
    if (sections.filter((section) => section.type === type).length > 1)
      throw malformed('a section appears twice');
  }
  const keys = dataOf(NOSPAM_KEYS);
  if (keys?.length !== NOSPAM_BYTES + 2 * KEY_BYTES) throw malformed('its keys are missing');
  const name = readText(dataOf(NAME));
  const statusMessage = readText(dataOf(STATUS_MESSAGE));
  return {
    keyPair: {
      publicKey: keys.slice(NOSPAM_BYTES, NOSPAM_BYTES + KEY_BYTES),
      secretKey: keys.slice(NOSPAM_BYTES + KEY_BYTES),
    },
    nospam: keys.slice(0, NOSPAM_BYTES),
    ...(name === undefined ? {} : { name }),
    ...(statusMessage === undefined ? {} : { statusMessage }),
    friends: readFriends(dataOf(FRIENDS) ?? new Uint8Array()),
    sections,
  };
}

function readFriends(data: Uint8Array): ProfileFriend[] {
  if (data.length % FRIEND_BYTES !== 0) throw malformed('its list of friends is cut off');
  const friends: ProfileFriend[] = [];
  for (let start = 0; start < data.length; start += FRIEND_BYTES) {
    const friend = readFriend(data.subarray(start, start + FRIEND_BYTES));
    if (!friend) continue;
    if (friends.some(({ publicKey }) => sameBytes(publicKey, friend.publicKey))) continue;
    friends.push(friend);
  }
  return friends;
}

/** undefined for a text that is missing, empty or not well-formed. */
function readText(data: Uint8Array | undefined): string | undefined {
  const text = data && readUtf8(data);
  return text === '' ? undefined : text;
}
