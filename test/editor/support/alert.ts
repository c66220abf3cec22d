import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeRedProcess } from '../../../scripts/support/node-red/node-red-process';
import { ROOT } from '../../../scripts/support/project';

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
}

/** The example in which an alert reaches a phone that was offline. */
const EXAMPLE = JSON.parse(
  readFileSync(path.join(ROOT, 'examples/01-offline-alert.json'), 'utf8'),
) as Entry[];

/** A node of keys, which the example has no use for. */
const KEYS = {
  id: 'alert-keys',
  type: 'prekey-exchange',
  z: 'offline-alert',
  name: '',
  storageNode: 'oa-device',
  bridge: false,
  friend: '',
  x: 600,
  y: 640,
  wires: [[], []],
};

/** The example and a node of keys: a flow with all of our nodes. */
export const ALERT: readonly Entry[] = [...EXAMPLE, KEYS];

/** One node of each of our types, by its id. */
export const NODES = {
  'storage-node': 'oa-device',
  'tox-transport': 'oa-device-net',
  'send-async': 'oa-send',
  'receive-async': 'oa-receive',
  'prekey-exchange': KEYS.id,
} as const;

/** Presses the button of the example whose name begins so. */
export async function press(red: NodeRedProcess, start: string): Promise<void> {
  const { id } =
    EXAMPLE.find(({ type, name }) => type === 'inject' && name?.startsWith(start)) ?? assert.fail(start);
  await red.request(`/inject/${id}`, { method: 'POST' });
}
