import { SIGNATURE_BYTES } from '../../crypto/ed25519';
import { ByteReader } from '../byte-reader';
import { ByteWriter } from '../byte-writer';
import { MAX_CERTIFICATE_LIFE, type FleetCertificate } from './certificate';

/** fleet key 32 | serial 4 | valid 4 (1..604,800) | replicas 1 | signature 64 */
export function writeCertificate(
  w: ByteWriter,
  { fleetKey, serial, valid, replicas, signature }: FleetCertificate,
): void {
  w.fixed(fleetKey, 32).u32(serial).u32(valid).u8(replicas).fixed(signature, SIGNATURE_BYTES);
}

/** @throws ErrMalformed */
export function readCertificate(r: ByteReader): FleetCertificate {
  const [fleetKey, serial, valid, replicas] = [r.bytes(32), r.u32(), r.u32(), r.u8()];
  if (valid < 1 || valid > MAX_CERTIFICATE_LIFE) throw r.bad(`it is valid for ${valid} s`);
  return { fleetKey, serial, valid, replicas, signature: r.bytes(SIGNATURE_BYTES) };
}

/** The certificate as a line of a file: base64url. @throws ErrInvalidArgument */
export function certificateText(certificate: FleetCertificate): string {
  const w = new ByteWriter('fleet certificate');
  writeCertificate(w, certificate);
  return Buffer.from(w.done()).toString('base64url');
}

/** The certificate that `certificateText` wrote. @throws ErrMalformed */
export function readCertificateText(text: string): FleetCertificate {
  const r = new ByteReader(new Uint8Array(Buffer.from(text.trim(), 'base64url')), 'fleet certificate');
  const certificate = readCertificate(r);
  r.end();
  return certificate;
}
