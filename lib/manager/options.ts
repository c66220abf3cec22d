import type { ClientLimits } from '../client/client-limits';
import type { CryptoProvider } from '../crypto/provider';
import type { KeyLimits } from '../forward-security/key-limits';
import type { Platform } from '../platform/platform';
import type { DiskSpaceProbe } from '../storage/storage-capacity';
import type { DatabaseSettings } from '../storage/postgres/connection/database-settings';
import type { StorageLimits } from '../storage/storage-limits';
import type { DataDirectory } from '../store/directory/data-directory';
import type { Transport } from '../transport/transport';
import type { FleetOptions } from './session/fleet-membership';
import type { KeyPair, Logger, PublicKey, StorageRole } from '../types';

/** How a session is opened; only `dataDir` is needed. */
export interface AsyncManagerOptions {
  /** Absolute path of the data directory; made (mode 0700) when it does not exist. */
  readonly dataDir: string;
  /** Becomes the directory's identity if it has none yet; must stay the same later (ErrIdentityMismatch). */
  readonly keyPair?: KeyPair;
  /**
   * A Tox profile or backup (`exportIdentity`) in place of `keyPair`, with its friends; sealed with `passphrase` or
   * not at all.
   */
  readonly profile?: Uint8Array;
  /**
   * Seals the identity and the one-time secrets of the directory. One that had none so far is sealed from then on and
   * opens only with it (ErrPassphrase).
   */
  readonly passphrase?: string;
  /**
   * Starts new a part of the directory that is lost (gone, spoiled or another's), by the word that the refusal names:
   * 'store-1a2b3c4d', 'vault.key-1a2b3c4d' or 'identity-1a2b3c4d' (then all of it). It holds for that loss only; what is
   * there of the part is kept in the folder under a name that ends in `.old-1a2b3c4d`.
   */
  readonly startNew?: string;
  /** May also be attached later. */
  readonly transport?: Transport;
  /** 'auto' (default): lmdb where its binary loads, else nedb. An existing directory keeps its engine. */
  readonly engine?: 'auto' | 'lmdb' | 'nedb';
  /**
   * Keeps the mail for others in a PostgreSQL, which several sessions may share, in place of `dataDir`. As long as it
   * cannot be used the storage role is off; the rest of the session works.
   */
  readonly mailDatabase?: DatabaseSettings;
  /** Whose mail this session stores. Default 'friends'. */
  readonly storageRole?: StorageRole;
  /**
   * Befriends the open storage nodes that friends fetch mail from, up to 4 of each friend and 16 in all, on a network
   * where friends are made. Default false: each is suggested only (`node-suggested`). docs/SECURITY.md says what it tells whom.
   */
  readonly befriendOpenNodes?: boolean;
  /** The session's own cap of stored mail, bytes. Default 64 MB; 1 % of the free disk is a cap as well. */
  readonly storageCapBytes?: number;
  /** Overrides for the specification's constants. */
  readonly limits?: Partial<ClientLimits & KeyLimits>;
  /** Overrides for what this session's storage node takes from each friend, and how fast. */
  readonly storageLimits?: Partial<StorageLimits>;
  /** Makes this session a storage node of a fleet. */
  readonly fleet?: FleetOptions;
  readonly log?: Logger;
  /** An open directory in place of `dataDir`: a network of many sessions in memory, replayed from a seed. */
  readonly directory?: DataDirectory;
  /** How free disk space is read for the storage capacity; default check-disk-space. */
  readonly diskSpace?: DiskSpaceProbe;
  readonly platform?: Platform;
  readonly crypto?: CryptoProvider;
}

/** A friend, and how it is connected now. */
export interface FriendInfo {
  readonly publicKey: PublicKey;
  readonly name?: string;
  /** The network says that the friend is connected. */
  readonly online: boolean;
  /** The friend speaks the extension and has a session with us now. */
  readonly session: boolean;
  /** Connected, but their client does not speak the extension. */
  readonly plainClient: boolean;
}

/** Numbers for a status badge. */
export interface SessionCounts {
  /** Messages that wait in the outbox: no storage node has them. */
  readonly queued: number;
  /** Messages that a storage node confirmed, without a receipt so far. */
  readonly stored: number;
  /** Both of them: messages in the outbox. */
  readonly unfinished: number;
  /** Messages in the inbox that no handler has taken yet. */
  readonly waiting: number;
  /** Messages in the inbox that a handler failed to handle; they are handed over again. */
  readonly failed: number;
  readonly friends: number;
  readonly online: number;
  /** Friends that would store mail for us now. */
  readonly nodes: number;
}
