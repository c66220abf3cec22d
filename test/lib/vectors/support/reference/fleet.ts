import nacl from 'tweetnacl';
import { H, hmacSha256, join, readUint, same, uint } from './bytes';

const DOMAIN = new TextEncoder().encode('tox-async/1/fleet');
const BYTES = 105;
const MOST_VALID = 604_800;

/** What a certificate says. */
export interface Claims {
  serial: number;
  valid: number;
  replicas: number;
}

function signedPart(fleetKey: Uint8Array, node: Uint8Array, { serial, valid, replicas }: Claims): Uint8Array {
  return join(DOMAIN, fleetKey, node, uint(serial, 4), uint(valid, 4), uint(replicas, 1));
}

/** fleet key 32 | serial 4 | valid 4 | replicas 1 | signature 64, whatever it claims. */
export function certificateOf(seed: Uint8Array, node: Uint8Array, claims: Claims): Uint8Array {
  const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(seed);
  const signature = nacl.sign.detached(signedPart(publicKey, node, claims), secretKey);
  const { serial, valid, replicas } = claims;
  return join(publicKey, uint(serial, 4), uint(valid, 4), uint(replicas, 1), signature);
}

/** Whether a reader takes it from this node; `before` is one that it took of the node already. */
export function takesCertificate(certificate: Uint8Array, node: Uint8Array, before?: Uint8Array): boolean {
  if (certificate.length !== BYTES) return false;
  const fleetKey = certificate.slice(0, 32);
  const [serial, valid, replicas] = [
    readUint(certificate, 32, 4),
    readUint(certificate, 36, 4),
    readUint(certificate, 40, 1),
  ];
  if (valid < 1 || valid > MOST_VALID) return false;
  const isSameFleet = before !== undefined && same(before.slice(0, 32), fleetKey);
  if (isSameFleet && serial < readUint(before, 32, 4)) return false;
  const part = signedPart(fleetKey, node, { serial, valid, replicas });
  return nacl.sign.detached.verify(part, certificate.slice(41), fleetKey);
}

/** What a state says of a fleet. */
export const fleetHint = (owner: Uint8Array, fleetKey: Uint8Array) =>
  H('node-hint', owner, fleetKey).slice(0, 8);

/** How the nodes of a fleet name a submitter. */
export const fleetMark = (secret: Uint8Array, submitter: Uint8Array) =>
  hmacSha256(H('fleet-marks', secret), submitter).slice(0, 16);
