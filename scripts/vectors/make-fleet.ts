import { toHex } from '../../lib/bytes';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { ByteWriter } from '../../lib/protocol/byte-writer';
import { MAX_CERTIFICATE_LIFE, signCertificate } from '../../lib/protocol/fleet/certificate';
import { writeCertificate } from '../../lib/protocol/fleet/certificate-codec';
import { nodeHint } from '../../lib/protocol/names';
import { fleetMarksKey } from '../../lib/storage/fleet/storage-fleet';
import type { FleetVector } from '../../test/lib/vectors/support/vector-files';
import { digest, R, S } from './cast';

/** Certificates at the ends of every field, the check value first. */
export function makeFleets(crypto: CryptoProvider): FleetVector[] {
  const cases = [
    { seed: 'fleet', node: R.public, serial: 7, valid: MAX_CERTIFICATE_LIFE, replicas: 2 },
    { seed: 'fleet', node: S.public, serial: 0, valid: 1, replicas: 0 },
    { seed: 'another fleet', node: R.public, serial: 0xffff_ffff, valid: 3600, replicas: 0xff },
  ];
  return cases.map(({ seed, node, ...claims }) => {
    const certificate = signCertificate(digest(seed), node, claims);
    const secret = digest(`${seed}: marks`);
    const w = new ByteWriter('fleet certificate');
    writeCertificate(w, certificate);
    return {
      seed: toHex(digest(seed)),
      node: toHex(node),
      ...claims,
      certificate: toHex(w.done()),
      owner: toHex(S.public),
      hint: toHex(nodeHint(crypto, S.public, certificate.fleetKey)),
      secret: toHex(secret),
      submitter: toHex(R.public),
      mark: toHex(crypto.hmacSha256(fleetMarksKey(crypto, secret), R.public).slice(0, 16)),
    };
  });
}
