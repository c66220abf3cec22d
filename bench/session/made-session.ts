import { AsyncManager, chooseCryptoProvider, systemPlatform, VirtualNetwork } from '../../lib/index';
import { MemoryDisk, MemoryVolume, openMemoryDirectory } from '../../lib/testing/index';

/** Makes a data directory whose session has so many friends, with all the keys that friends have of each other. */
export async function makeSession(dataDir: string, friends: number): Promise<void> {
  const network = new VirtualNetwork(systemPlatform);
  const session = await AsyncManager.create({ dataDir, engine: 'lmdb' });
  try {
    await session.attachTransport(network.join({ publicKey: session.publicKey, name: 'session' }));
    await session.start();
    // One after the other: all who are on a virtual network are friends, and would exchange keys with each other.
    for (let i = 0; i < friends; i += 1) await befriend(session, network, i);
    const found = session.friends().length;
    if (found !== friends) throw new Error(`The session has ${found} friends, not ${friends}.`);
  } finally {
    await session.stop();
  }
}

/** A friend who lives in memory, and whom nobody needs again. */
async function befriend(session: AsyncManager, network: VirtualNetwork, i: number): Promise<void> {
  const platform = { ...systemPlatform, disk: new MemoryDisk() };
  const volume = new MemoryVolume();
  const directory = await openMemoryDirectory({ platform, crypto: chooseCryptoProvider(), volume });
  const friend = await AsyncManager.create({ dataDir: '/data', directory, platform, storageRole: 'off' });
  const transport = network.join({ publicKey: friend.publicKey, name: `friend ${i}` });
  await session.addFriend(friend.publicKey);
  await friend.addFriend(session.publicKey);
  await friend.attachTransport(transport);
  await friend.start();
  await Promise.all([session.waitForKeys(friend.publicKey), friend.waitForKeys(session.publicKey)]);
  await transport.leave();
  await friend.stop();
}
