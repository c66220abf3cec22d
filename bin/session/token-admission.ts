import path from 'node:path';
import {
  type AsyncManager,
  chooseCryptoProvider,
  FriendAdmission,
  JOIN_CAP,
  joinProver,
  type Logger,
  systemPlatform,
} from '../../lib/index';
import type { Call } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { numberOption } from '../options/command-line';
import type { SessionNeeds } from './open-session';

/** By which tokens friends join. */
export interface JoinSettings {
  /** Absolute path of a file of tokens. */
  readonly file: string;
  /** Friends in all. */
  readonly cap?: number;
}

/** @throws Failure a cap without tokens */
export function joinsOf({
  options,
  machine,
}: Pick<Call, 'options' | 'machine'>): Pick<SessionNeeds, 'joins'> {
  const cap = numberOption(options, 'friends-cap', { min: 1, max: 2000, whole: true });
  const tokens = options['join-tokens'];
  if (tokens === undefined && cap !== undefined) {
    throw new Failure(EXIT.usage, '--friends-cap is for those who join: give --join-tokens FILE too.');
  }
  if (tokens === undefined) return {};
  return { joins: { file: path.resolve(machine.cwd, tokens), ...(cap !== undefined && { cap }) } };
}

/** Lets in whom a token lets in, and leaves the others to a person. */
export function tokenAdmission(
  manager: AsyncManager,
  joins: JoinSettings | undefined,
  log: Logger,
): FriendAdmission {
  const sources = joins && { tokens: [], file: joins.file };
  const components = { crypto: chooseCryptoProvider(), ...systemPlatform };
  return new FriendAdmission({
    policy: { kind: 'manual' },
    ...(sources && { joins: { cap: joins.cap ?? JOIN_CAP, proves: joinProver(components, sources) } }),
    admitted: () => [],
    saveAdmitted: () => Promise.resolve(),
    age: () => manager.age,
    accept: (friend) => manager.addFriend(friend),
    remove: (friend) => manager.removeFriend(friend),
    friends: () => manager.friends().map((friend) => ({ ...friend, lastOnline: undefined })),
    holdsMailFor: (friend, submitters) => manager.holdsMailFor(friend, submitters),
    log,
  });
}
