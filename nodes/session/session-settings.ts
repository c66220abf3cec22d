import {
  toHex,
  type AdmissionSettings,
  type AsyncManagerOptions,
  type CellInvitation,
  type DatabaseSettings,
  type FleetSource,
  type StorageRole,
} from '../../lib/index';

/** A friend as the storage-node's dialog lists it. */
export interface FriendSetting {
  readonly name: string;
  /** Public key (64 hexadecimal digits) or Tox ID (76). */
  readonly key: string;
}

/** Who becomes a friend by asking, on a network where friends are made. */
export type Admission =
  /** Nobody: the flow decides. */
  | { readonly kind: 'manual' }
  /** Everyone who is listed, by public key or Tox ID; the flow decides on the others. */
  | { readonly kind: 'list'; readonly allowed: readonly string[] }
  /** Everybody, up to `cap` at a time. */
  | { readonly kind: 'open'; readonly cap: number };

/** Who becomes a friend by a join token, up to `cap` friends in all. */
export type Joins = NonNullable<AdmissionSettings['joins']>;

/** Everything that makes a session what it is: when one of these changes, the session is opened again. */
export interface SessionSettings {
  readonly name: string;
  /** Absolute path. */
  readonly dataDir: string;
  readonly friends: readonly FriendSetting[];
  readonly admission: Admission;
  readonly joins?: Joins;
  /** The cells of which this session joins one. */
  readonly invitation?: CellInvitation;
  /** Open storage nodes that friends fetch mail from become friends. */
  readonly befriendOpenNodes: boolean;
  readonly storageRole: StorageRole;
  readonly storageCapBytes: number;
  /** Where mail for others lies in place of the folder. */
  readonly mailDatabase?: DatabaseSettings;
  /** The fleet that shares it. */
  readonly fleet?: FleetSource;
  readonly engine: NonNullable<AsyncManagerOptions['engine']>;
  readonly passphrase?: string;
  /** The word by which a lost part of the data directory starts new; it holds for one loss. */
  readonly startNew?: string;
  /** A Tox profile or a secret key: the identity of a new directory. */
  readonly profile?: Uint8Array;
}

export function sameSettings(a: SessionSettings, b: SessionSettings): boolean {
  return fingerprint(a) === fingerprint(b);
}

function fingerprint(s: SessionSettings): string {
  const friends = s.friends.map(({ name, key }) => [name, key]);
  return JSON.stringify([
    s.name,
    s.dataDir,
    friends,
    s.admission,
    s.befriendOpenNodes,
    s.storageRole,
    s.storageCapBytes,
    s.engine,
    s.mailDatabase,
    s.fleet && [s.fleet.file, s.fleet.secret && toHex(s.fleet.secret)],
    s.passphrase,
    s.startNew,
    s.profile && toHex(s.profile),
    s.joins && [s.joins.tokens.map(({ token, until }) => [toHex(token), until]), s.joins.file, s.joins.cap],
    s.invitation && [toHex(s.invitation.token), s.invitation.cells],
  ]);
}
