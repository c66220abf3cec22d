import { labelledHash } from '../../crypto/labelled-hash';
import type { CryptoProvider } from '../../crypto/provider';
import type { FleetFriends } from './fleet-friends';

/** What a storage node has in common with the others of its fleet, beside their mail. */
export interface StorageFleet {
  /** 32 bytes, under which submitters are named. */
  readonly marksKey: Uint8Array;
  readonly friends: Pick<FleetFriends, 'all' | 'count' | 'has' | 'replaceOwn'>;
}

/** H("fleet-marks", secret). @param secret 32 bytes that each node of a fleet has */
export function fleetMarksKey(crypto: CryptoProvider, secret: Uint8Array): Uint8Array {
  return labelledHash(crypto, 'fleet-marks', secret);
}
