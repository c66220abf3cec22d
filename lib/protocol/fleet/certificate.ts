import { utf8 } from '../../bytes';
import { isSignedBy, signingKeyOf, signWith } from '../../crypto/ed25519';
import type { PublicKey } from '../../types';
import { ByteWriter } from '../byte-writer';

/** Longest life of a certificate, seconds. */
export const MAX_CERTIFICATE_LIFE = 604_800;

const DOMAIN = utf8('tox-async/1/fleet');

/** That a storage node belongs to a fleet (docs/PROTOCOL.md, "Fleets"). */
export interface FleetCertificate {
  /** Ed25519, 32 bytes. */
  readonly fleetKey: Uint8Array;
  /** Rises with each round of certificates; one round certifies all nodes of the fleet. */
  readonly serial: number;
  /** Seconds from when a reader first sees the serial; at most MAX_CERTIFICATE_LIFE. */
  readonly valid: number;
  /** Copies of what the fleet keeps, on disks that do not fail together. */
  readonly replicas: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** Certifies a node. @param seed of the fleet, 32 secret bytes @throws ErrInvalidArgument, ErrInvalidKey */
export function signCertificate(
  seed: Uint8Array,
  node: PublicKey,
  claims: Pick<FleetCertificate, 'serial' | 'valid' | 'replicas'>,
): FleetCertificate {
  const fleetKey = signingKeyOf(seed);
  const signature = signWith(seed, signedPart(node, { fleetKey, ...claims }));
  return { fleetKey, ...claims, signature };
}

/** Whether the fleet says so of this node. How old it is, is another matter. */
export function certifies(certificate: FleetCertificate, node: PublicKey): boolean {
  return isSignedBy(certificate.fleetKey, signedPart(node, certificate), certificate.signature);
}

function signedPart(
  node: PublicKey,
  { fleetKey, serial, valid, replicas }: Omit<FleetCertificate, 'signature'>,
): Uint8Array {
  const w = new ByteWriter('fleet certificate').bytes(DOMAIN).fixed(fleetKey, 32).fixed(node, 32);
  return w.u32(serial).u32(valid).u8(replicas).done();
}
