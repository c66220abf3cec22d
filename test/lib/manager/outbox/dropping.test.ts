import assert from 'node:assert/strict';
import { type Device, MINUTE, World } from '../../../support/world';

describe('messages that may be dropped when the outbox is full', () => {
  let world: World;
  let logger: Device;
  let archive: Device;

  beforeEach(async () => {
    world = new World('dropping');
    logger = await world.add('logger', { limits: { outboxMessages: 20 } });
    [archive] = [await world.add('archive'), await world.add('node')];
    await world.settle();
  });

  afterEach(() => world.stop());

  const keys = () => logger.manager.getPreKeyStats().get(Buffer.from(archive.pk).toString('hex'))?.sendable;

  it('leave the newest of a long time without a network, in order, for one key each', async () => {
    await logger.online(false);
    await archive.online(false);
    const before = keys() ?? 0;
    for (let line = 1; line <= 500; line++)
      await logger.send(archive, `${line}`, { whenFull: 'drop-oldest' });
    assert.deepEqual([logger.manager.counts().unfinished, keys()], [10, before]);
    const dropped = logger.outcomes.filter(({ state }) => state === 'cancelled');
    assert.ok(
      dropped.length === 490 && dropped.every(({ code, mayArrive }) => code === 'dropped' && !mayArrive),
    );
    await logger.online(true);
    await world.until('all are stored', () => logger.manager.counts().stored === 10);
    assert.equal(keys(), before - 10);
    await assert.rejects(logger.send(archive, 'more', { whenFull: 'drop-oldest' }), {
      code: 'ErrOutboxFull',
    });
    await archive.online(true);
    await world.run(MINUTE);
    assert.deepEqual(
      archive.texts,
      Array.from({ length: 10 }, (_, i) => `${491 + i}`),
    );
  });
});
