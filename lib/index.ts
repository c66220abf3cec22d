/**
 * The public door of the core library: everything here is described, and mentions no type that is not here as well.
 * The second door, `node-red-contrib-tox-async/testing`, is lib/testing/index.ts.
 */

// One session with all its parts: most programs need no more than this.
export { AsyncManager } from './manager/async-manager';
export type { AsyncManagerOptions, FriendInfo, SessionCounts } from './manager/options';
export * from './manager/events';

// What a session looks like at one moment, for people who watch it.
export type { HistoryHour, HourCounts } from './manager/history/hour';
export type * from './manager/snapshot/snapshot';
export type { InboxRow, OutboxRow } from './client/overview/rows';

// Figures of sessions, in Prometheus' text format.
export { folderBytes, type MeasuredDisk } from './metrics/folder-bytes';
export type { MeteredSession } from './metrics/metric-table';
export { METRICS_TYPE, metricsText } from './metrics/metrics-text';
export { OutcomeTally } from './metrics/outcome-tally';

// Requests to a session, of this process or of another one of the same user that holds its data directory.
export { Desk, type DeskManager, type DeskOptions } from './control/desk';
export type { FriendManager } from './control/friend-orders';
export { findHolder, type Holder } from './control/holder';
export type * from './control/requests';
export type { Progress, SessionControl } from './manager/session/session-control';

// Messages: what is sent, what became of it, and what comes in.
export * from './client/messages';
export { faithfulJson, type NoForm } from './client/content/faithful-json';
export { isLabel } from './protocol/envelope/label';

// The words that all parts share: constants with the specification's names and values, errors, types.
export * from './constants';
export * from './errors';
export * from './types';
export { Emitter, type EventMap } from './platform/emitter';

// Identities, Tox IDs and friends.
export { generateKeyPair } from './crypto/generate';
export { Passphrase } from './crypto/pass-encryption';
export { fromHex, toHex } from './bytes';
export { ByteMap, ByteSet } from './byte-map';
export { PeerMap, PeerSet } from './peer-map';
export { openBackup } from './identity/backup';
export { looksLikeProfile } from './identity/profile-sections';
export { readFriendKey } from './identity/friend-text';
export { formatToxId, parseToxId, pastedDigits, TOX_ID_DIGITS, type ToxId } from './identity/tox-id';
export { toxIdQr } from './identity/qr/tox-id-qr';
export {
  FriendAdmission,
  JOIN_CAP,
  OPEN_CAP,
  type AdmissionPolicy,
  type AdmissionVerdict,
  type Admitted,
  type Candidate,
  type FriendAdmissionOptions,
  type JoinPolicy,
} from './transport/friend-admission';
export {
  friendsSeenOn,
  sessionAdmission,
  type AdmissionSettings,
  type AdmittingManager,
  type FriendsSeen,
} from './manager/friends/session-admission';
export { FriendRequests, type FriendRequest } from './manager/friends/friend-requests';
export { RequestLimit } from './manager/friends/request-limit';

// Cells: many devices, few recipients (docs/FLEET.md).
export { formatCellUri, parseCellUri, type Cell, type CellInvitation } from './cells/cell-uri';
export { chooseCell, joinRequests, type JoinRequest } from './cells/collector-choice';
export {
  joinTokenHolds,
  joinText,
  makeJoinToken,
  provesToken,
  readJoinToken,
  readJoinTokens,
  type JoinToken,
} from './cells/join-token';
export { joinProver, type JoinProverComponents, type JoinTokenSources } from './cells/join-prover';

// Networks: the contract of a transport, and what implements it.
export type { SendResult, Transport, TransportHandler } from './transport/transport';
export {
  isFriendTransport,
  type FriendDetails,
  type FriendTransport,
  type FriendTransportEvents,
  type UserStatus,
} from './transport/friend-transport';
export { ToxcoreTransport, type ToxcoreTransportOptions } from './transport/toxcore/toxcore-transport';
export type { ProxySettings, ToxcoreSettings } from './transport/toxcore/toxcore-settings';
export { readProxyUrl } from './transport/toxcore/proxy-url';
export { loadBootstrapNodes, type BootstrapNode } from './transport/toxcore/bootstrap-nodes';
export {
  VirtualNetwork,
  type VirtualMemberInfo,
  type VirtualNetworkOptions,
} from './transport/virtual/virtual-network';
export type { VirtualConditions } from './transport/virtual/virtual-wires';
export type { VirtualTransport } from './transport/virtual/virtual-transport';
export { WiredTransport, type WiredTransportOptions } from './transport/wired/wired-transport';
export {
  WIRE_ABILITIES,
  type FromForeign,
  type ToForeign,
  type WireAbility,
} from './transport/wired/wire-messages';

// The client by itself: outbox, distribution, retrieval and inbox of one identity.
export type { AsyncClient } from './client/async-client';
export { openAsyncClient, type OpenClientOptions, type OpenedClient } from './client/open-client';
export type { AsyncClientHooks } from './client/client-options';
export type { OpenNodeAddress } from './client/storage-nodes/open-node-address';
export { DEFAULT_CLIENT_LIMITS, type ClientLimits } from './client/client-limits';

// Forward security by itself: one-time keys, and messages sealed to them.
export { ForwardSecurityManager } from './forward-security/forward-security-manager';
export { PreKeyStore } from './forward-security/pre-key-store';
export type { PreKey, PreKeyBundle } from './forward-security/pre-key-bundle';
export type { ForwardSecurityOptions } from './forward-security/forward-security-options';
export type { DecryptedMessage, ForwardSecureMessage } from './forward-security/forward-secure-message';
export type { TakeResult } from './forward-security/held-keys';
export { DEFAULT_KEY_LIMITS, type KeyLimits } from './forward-security/key-limits';

// A storage node by itself: its policy, its engine and its capacity.
export { MessageStorage, type MessageStorageOptions, type StorageStats } from './storage/message-storage';
export type { Refused, StoreAnswer, Stored, StoreRefusal } from './storage/store-answer';
export { STORAGE_LIMITS, type StorageLimits } from './storage/storage-limits';
export type { MailLimits, MailVerdict } from './storage/mail-limits';
export type { ShareRules, ShareVerdict } from './storage/node-shares';
export type {
  EngineHealth,
  EngineStats,
  MailCounts,
  MailEntry,
  MailPage,
  MailUsage,
  MessageEngine,
  NewMail,
  PutAnswer,
  RenewedMail,
  StoredMail,
} from './storage/message-engine';
export { fleetMarksKey, type StorageFleet } from './storage/fleet/storage-fleet';
export { FleetFriends, type FleetFriendsComponents } from './storage/fleet/fleet-friends';
export type { FleetFriend, FleetRegister } from './storage/fleet/fleet-register';
export type { FleetOptions, SharedMail } from './manager/session/fleet-membership';
export { MAX_CERTIFICATE_LIFE, signCertificate, type FleetCertificate } from './protocol/fleet/certificate';
export { certificateText, readCertificateText } from './protocol/fleet/certificate-codec';
export { type FleetRound, readFleetSecret, readRound, roundText } from './protocol/fleet/round-text';
export { fleetInFile, type FleetSource } from './manager/session/fleet-file';
export { signingKeyOf } from './crypto/ed25519';
export { openLocalEngine, type LocalEngine, type LocalEngineOptions } from './storage/local/local-engine';
export type { DatabaseSettings } from './storage/postgres/connection/database-settings';
export type { MailOwner } from './storage/postgres/connection/ownership';
export {
  openPostgresEngine,
  type PostgresEngine,
  type PostgresEngineOptions,
} from './storage/postgres/postgres-engine';
export {
  StorageCapacity,
  type DiskSpaceProbe,
  type StorageCapacityOptions,
} from './storage/storage-capacity';

// What is durable: the data directory, its store and its vault.
export { openDataDirectory, recordedIdentity } from './store/directory/data-directory';
export type { DataDirectory, DataDirectoryOptions } from './store/directory/data-directory';
export type { DirectoryAges, DirectoryIdentity, DirectorySpace } from './store/directory/open-parts';
export type { SpaceSizes } from './store/directory/space-guard';
export type { CommitOptions, RangeOptions, Store, WriteBatch } from './store/store';
export type { SecretVault, SlotRef, VaultSecret } from './store/vault/secret-vault';
export { lmdbAvailable } from './store/lmdb/lmdb-loader';
export { openLmdbStore, type LmdbStoreOptions } from './store/lmdb/lmdb-store';
export { openNedbStore, type NedbStoreOptions } from './store/nedb/nedb-store';

// The specification's own forms, for exchange with other programs.
export * from './protocol/spec/legacy';
export * from './protocol/spec/spec-json';
export * from './protocol/spec/spec-records';

// The machine: clock, chance, timers, disk and cryptography, all of them replaceable.
export type { Platform } from './platform/platform';
export { systemPlatform } from './platform/system/system-platform';
export { systemClock, type Clock } from './platform/clock';
export type { Disk, DiskFile, EntryKind } from './platform/disk';
export type { Random } from './platform/random';
export { sleep, type Timer, type Timers } from './platform/timers';
export { backoff, type BackoffLimits } from './platform/backoff';
export { chooseCryptoProvider } from './crypto/providers/choose-provider';
export { createPortableProvider } from './crypto/providers/portable';
export type { CryptoProvider, KemEncapsulation } from './crypto/provider';
