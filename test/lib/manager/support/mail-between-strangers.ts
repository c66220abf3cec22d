import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { MINUTE, World, type Device } from '../../../support/world';

/** Two friends who meet once, and then only ever one of them is online, with a node between them. */
export async function strangers(seed: string, options: Parameters<World['add']>[1] = {}) {
  const world = new World(seed);
  const device = await world.add('Device', options);
  const phone = await world.add('Phone', options);
  const pi = await world.add('Home Pi');
  await world.settle();
  await phone.online(false);
  await device.online(false);
  await world.run(MINUTE);
  return { world, device, phone, pi };
}

export const keysOf = (holder: Device, owner: Device) => {
  const stats = holder.manager.getPreKeyStats().get(toHex(owner.pk));
  assert.ok(stats);
  return stats;
};

/** `who` alone is online for a while. */
export async function alone(world: World, who: Device, ms: number): Promise<void> {
  await who.online(true);
  await world.run(ms);
  await who.online(false);
  await world.run(MINUTE);
}

/** Everybody is switched off for a while; then the node alone is online. */
export async function asleep(world: World, pi: Device, ms: number): Promise<void> {
  for (const each of world.devices) await each.stop();
  await world.run(ms);
  for (const each of world.devices) await each.start({ online: each === pi });
}
