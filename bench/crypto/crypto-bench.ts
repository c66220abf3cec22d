import type { Report } from '../support/report';
import { bundles } from './bundles';
import { durable } from './durable';
import { envelopes } from './envelopes';
import { handshakes } from './handshakes';

/** Handshakes, envelopes, bundles, and whole durable sends and receives, as ratios to the bare primitives. */
export async function run(): Promise<Report[]> {
  const handshake = handshakes();
  return [handshake, ...(await envelopes()), await bundles(), await durable()];
}
