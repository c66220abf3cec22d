import { SharedStores } from '../../../../lib/client/storage-nodes/fleets/shared-stores';

/** Where no node belongs to a fleet. */
export function noFleets(): SharedStores {
  return new SharedStores({
    fleets: { fleetOf: () => undefined },
    records: { get: () => undefined },
    placement: { hintOf: () => new Uint8Array(8) },
  });
}
