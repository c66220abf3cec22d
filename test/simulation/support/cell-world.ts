import { utf8 } from '../../../lib/bytes';
import { chooseCell } from '../../../lib/cells/collector-choice';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { formatToxId } from '../../../lib/identity/tox-id';
import type { KeyPair } from '../../../lib/types';
import { type Device, World } from '../../support/world';

const crypto = createPortableProvider();
const keyPairOf = (name: string): KeyPair => crypto.keyPairFromSecret(crypto.sha256(utf8(name)));
const toxIdOf = (name: string) => formatToxId(keyPairOf(name).publicKey, new Uint8Array(4));

/** One cell: the second node of each stands on another machine than the first, the collector on a third. */
export interface SimulatedCell {
  readonly collector: Device;
  readonly nodes: readonly Device[];
  readonly devices: readonly Device[];
}

/** Cells of sessions on a virtual network; each device is in the cell that its key chooses. */
export async function makeCells(
  seed: string,
  count: number,
  devices: number,
): Promise<[World, SimulatedCell[]]> {
  const world = new World(seed);
  const names = Array.from({ length: count }, (_, i) => ({
    collector: `collector ${i}`,
    nodes: [`node ${i} on machine 1`, `node ${i} on machine 2`],
    devices: [] as string[],
  }));
  const cells = names.map(({ collector, nodes }) => ({
    collector: toxIdOf(collector),
    nodes: nodes.map(toxIdOf),
  }));
  for (let i = 0; i < devices; i += 1) {
    const device = `device ${i}`;
    const chosen = chooseCell(crypto, keyPairOf(device).publicKey, cells);
    names.find(({ collector }) => toxIdOf(collector) === chosen?.collector)?.devices.push(device);
  }
  separate(world, names);
  const add = (name: string, storageRole: 'friends' | 'off') =>
    world.add(name, { keyPair: keyPairOf(name), storageRole });
  const made: SimulatedCell[] = [];
  for (const cell of names) {
    const collector = await add(cell.collector, 'off');
    const nodes: Device[] = [];
    for (const name of cell.nodes) nodes.push(await add(name, 'friends'));
    const members: Device[] = [];
    for (const name of cell.devices) members.push(await add(name, 'off'));
    made.push({ collector, nodes, devices: members });
  }
  return [world, made];
}

/** Friends are a collector and its nodes, and a device and those of its cell; nobody else. */
function separate(
  world: World,
  cells: readonly { collector: string; nodes: string[]; devices: string[] }[],
): void {
  const all = cells.flatMap(({ collector, nodes, devices }) => [collector, ...nodes, ...devices]);
  for (const { collector, nodes, devices } of cells) {
    const servers = new Set([collector, ...nodes]);
    const own = new Set([...servers, ...devices]);
    for (const name of own) {
      const knows = servers.has(name) ? own : servers;
      for (const other of all) if (!knows.has(other) && other !== name) world.strangers(name, other);
    }
  }
}
