/** The one public door of the core library. */
export * from './constants';
export * from './errors';
export * from './types';
export { ByteMap, ByteSet } from './byte-map';
export { fromHex, toHex } from './bytes';
export { PeerMap, PeerSet } from './peer-map';
export { backoff, type BackoffLimits } from './platform/backoff';
export type { Clock } from './platform/clock';
export { systemClock } from './platform/clock';
export type { Disk, DiskFile } from './platform/disk';
export { Emitter } from './platform/emitter';
export type { Platform } from './platform/platform';
export type { Random } from './platform/random';
export { systemPlatform } from './platform/system-platform';
export { sleep, type Timer, type Timers } from './platform/timers';
export { chooseCryptoProvider } from './crypto/choose-provider';
export { generateKeyPair } from './crypto/generate';
export { Passphrase } from './crypto/pass-encryption';
export { createPortableProvider } from './crypto/portable';
export type { CryptoProvider } from './crypto/provider';
export type { RangeOptions, Store, WriteBatch } from './store/store';
export type { SecretVault, SlotRef, VaultSecret } from './store/vault/secret-vault';
export { lmdbAvailable } from './store/lmdb/lmdb-loader';
export { openLmdbStore } from './store/lmdb/lmdb-store';
export { openNedbStore } from './store/nedb/nedb-store';
export { openDataDirectory, type DataDirectory } from './store/directory/data-directory';
export { openBackup } from './identity/backup';
export { readFriendKey } from './identity/friend-text';
export { formatToxId, parseToxId, pastedDigits, TOX_ID_DIGITS } from './identity/tox-id';
export {
  ForwardSecurityManager,
  type ForwardSecurityOptions,
} from './forward-security/forward-security-manager';
export type { DecryptedMessage, ForwardSecureMessage } from './forward-security/forward-secure-message';
export { DEFAULT_KEY_LIMITS, type KeyLimits } from './forward-security/key-limits';
export { PreKeyStore, type PreKeyBundle } from './forward-security/pre-key-store';
export { MessageStorage, type MessageStorageOptions, type StorageStats } from './storage/message-storage';
export type { MessageEngine } from './storage/message-engine';
export { StorageCapacity } from './storage/storage-capacity';
export { openLocalEngine } from './storage/local/local-engine';
export type { Transport, TransportHandler, SendResult } from './transport/transport';
export {
  isFriendTransport,
  type FriendDetails,
  type FriendTransport,
  type FriendTransportEvents,
  type UserStatus,
} from './transport/friend-transport';
export {
  FriendAdmission,
  OPEN_CAP,
  type AdmissionPolicy,
  type Candidate,
} from './transport/friend-admission';
export { loadBootstrapNodes, type BootstrapNode } from './transport/toxcore/bootstrap-nodes';
export type { ProxySettings, ToxcoreSettings } from './transport/toxcore/toxcore-settings';
export { ToxcoreTransport, type ToxcoreTransportOptions } from './transport/toxcore/toxcore-transport';
export type { FromForeign, ToForeign, WireAbility } from './transport/wired/wire-messages';
export { WiredTransport, type WiredTransportOptions } from './transport/wired/wired-transport';
export { VirtualNetwork } from './transport/virtual/virtual-network';
export type { VirtualTransport } from './transport/virtual/virtual-transport';
export { AsyncClient } from './client/async-client';
export type { AsyncClientHooks, AsyncClientComponents, AsyncClientInit } from './client/client-options';
export { DEFAULT_CLIENT_LIMITS, type ClientLimits } from './client/client-limits';
export * from './client/messages';
export { AsyncManager } from './manager/async-manager';
export * from './manager/events';
export type { AsyncManagerOptions, FriendInfo, SessionCounts } from './manager/options';
