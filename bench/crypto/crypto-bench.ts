import type { Report } from '../support/report';
import { bundles } from './bundles';
import { durable } from './durable';
import { envelopes } from './envelopes';

/** Envelopes, bundles, and whole durable sends and receives, as ratios to the bare primitives. */
export async function run(): Promise<Report[]> {
  return [...(await envelopes()), await bundles(), await durable()];
}
