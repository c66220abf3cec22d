import type { CryptoProvider } from '../../../lib/crypto/provider';
import { FleetBook } from '../../../lib/client/storage-nodes/fleets/fleet-book';
import { ByteWriter } from '../../../lib/protocol/byte-writer';
import { certifies, signCertificate } from '../../../lib/protocol/fleet/certificate';
import { readCertificate, writeCertificate } from '../../../lib/protocol/fleet/certificate-codec';
import { ByteReader } from '../../../lib/protocol/byte-reader';
import { nodeHint } from '../../../lib/protocol/names';
import { fleetMarksKey } from '../../../lib/storage/fleet/storage-fleet';
import { SubmitterMarks } from '../../../lib/storage/submitter-marks';
import { systemRandom } from '../../../lib/platform/random';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import { silentLogger } from '../../../lib/types';
import { Mismatch, type Fields } from '../fields';

/** A certificate is made, compared and believed; then the hint and the mark of the same fleet. */
export function checkFleet(crypto: CryptoProvider, v: Fields): void {
  const node = v.bytes('node', 32);
  const claims = { serial: v.number('serial'), valid: v.number('valid'), replicas: v.number('replicas') };
  const made = signCertificate(v.bytes('seed', 32), node, claims);
  const w = new ByteWriter('fleet certificate');
  writeCertificate(w, made);
  v.mustBe('certificate', w.done());
  if (!certifies(readWhole(v.bytes('certificate')), node))
    throw new Mismatch('the certificate is not believed');
  v.mustBe('hint', nodeHint(crypto, v.bytes('owner', 32), made.fleetKey));
  const marks = new SubmitterMarks(crypto, systemRandom, fleetMarksKey(crypto, v.bytes('secret', 32)));
  v.mustBe('mark', marks.markOf(v.bytes('submitter', 32)));
}

/** Whether a reader takes it from `node`, of which it took the one in `before`, if there is one. */
export function takesCertificate(v: Fields): boolean {
  const node = v.bytes('node', 32);
  const store = openMemoryStore(new MemoryVolume());
  const book = new FleetBook({ store, ages: { now: () => 0 }, log: silentLogger });
  if (v.has('before') && !book.note(node, readWhole(v.bytes('before'))))
    throw new Mismatch('before is not taken either');
  return book.note(node, readWhole(v.bytes('certificate')));
}

function readWhole(bytes: Uint8Array) {
  const r = new ByteReader(bytes, 'fleet certificate');
  const certificate = readCertificate(r);
  r.end();
  return certificate;
}
