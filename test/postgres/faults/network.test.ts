import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { openPostgresEngine } from '../../../lib/storage/postgres/postgres-engine';
import { PostgresServer, quickFolder } from '../../../scripts/support/postgres-server';
import { newSchema } from '../support/engine-on';
import { assertKept, CursorReader, Load } from '../support/load';
import { LoopbackProxy } from '../support/loopback-proxy';
import { until, urlOfAll } from '../../../scripts/support/postgres-group';

/** In the long one questions run into their time limits: the engine's own of 15 s, and the server's of 10 s. */
const CUT_SECONDS = process.env.FULL === '1' ? 30 : 2;

describe('PostgreSQL behind a network that is cut', () => {
  it(`loses and doubles nothing in ${CUT_SECONDS} s, keeps nobody else from storing, and recovers`, async function () {
    this.timeout(180_000);
    const server = await PostgresServer.create([], await quickFolder());
    const proxy = await LoopbackProxy.to(server.port);
    const schema = newSchema();
    const behind = urlOfAll([{ port: proxy.port, urlOf: () => server.urlOf() }]);
    const far = await openPostgresEngine({ database: { url: behind, schema } });
    const near = await openPostgresEngine({ database: { url: server.urlOf(), schema } });
    try {
      const ofFar = new Load(() => far, 8, 'far');
      const ofNear = new Load(() => near, 8, 'near');
      const reader = new CursorReader(() => far);
      await until(() => ofFar.acknowledged.size > 40);
      proxy.cut();
      const atCut = { far: ofFar.acknowledged.size, near: ofNear.acknowledged.size };
      await wait(CUT_SECONDS * 1000);
      assert.equal(ofFar.acknowledged.size, atCut.far, 'nothing is acknowledged through a cut');
      // A transaction that the cut left open holds its mailboxes until the server ends it.
      await until(() => ofNear.acknowledged.size > atCut.near + 40);
      if (CUT_SECONDS > 20) {
        assert.equal(far.health().state, 'down');
        await assert.rejects(far.put([...ofFar.acknowledged.values()][0] ?? assert.fail()), {
          code: 'ErrDatabase',
        });
      }
      proxy.mend();
      await until(() => ofFar.acknowledged.size > atCut.far + 40);
      await until(() => far.health().state === 'ok');
      await Promise.all([ofFar.stop(), ofNear.stop()]);
      await reader.stop();
      const listed = await assertKept(far, ofFar, ofNear);
      assert.deepEqual(
        listed.filter((id) => !reader.seen.has(id)),
        [],
        'no cursor passed over it',
      );
      for (const code of [...ofFar.errors.keys(), ...ofNear.errors.keys()]) assert.equal(code, 'ErrDatabase');
    } finally {
      await Promise.all([far.close(), near.close(), proxy.close()]);
      await server.remove();
    }
  });
});
