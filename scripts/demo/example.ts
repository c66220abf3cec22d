import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST, ROOT } from '../support/project';

/** The flow that a user gets under Import > Examples. */
export const EXAMPLE = 'examples/01-offline-alert.json';

/** Nodes of the example that the demo presses, reads or looks for on the disk. */
export const NODES = {
  device: 'oa-device',
  phone: 'oa-phone',
  home: 'oa-home',
  deviceNetwork: 'oa-device-net',
  phoneNetwork: 'oa-phone-net',
  homeNetwork: 'oa-home-net',
  deviceOff: 'oa-device-off',
  deviceOn: 'oa-device-on',
  phoneOff: 'oa-phone-off',
  phoneOn: 'oa-phone-on',
  http: 'oa-http',
  outcomes: 'oa-http-outcome',
  alerts: 'oa-alerts',
} as const;

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly url?: string;
  readonly storageNode?: string;
  readonly name?: string;
  readonly wires?: readonly (readonly string[])[];
  readonly [property: string]: unknown;
}

/** The example as it is shipped. */
export interface Example {
  readonly flow: readonly FlowNode[];
  /** Where its HTTP-in node listens. */
  readonly alertPath: string;
}

/** @throws Error when the example lacks a node that the demo needs */
export async function loadExample(): Promise<Example> {
  const flow = JSON.parse(await readFile(path.join(ROOT, EXAMPLE), 'utf8')) as FlowNode[];
  for (const id of Object.values(NODES)) {
    if (!flow.some((node) => node.id === id)) throw new Error(`${EXAMPLE} has no node ${id}.`);
  }
  const alertPath = flow.find(({ id }) => id === NODES.http)?.url;
  if (alertPath === undefined) throw new Error(`The node ${NODES.http} of ${EXAMPLE} has no path.`);
  return { flow, alertPath };
}

/** Where a storage-node of the example keeps its data. */
export function dataDirectory(userDir: string, storageNode: string): string {
  return path.join(userDir, MANIFEST.name, storageNode);
}
