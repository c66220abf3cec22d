import assert from 'node:assert/strict';
import { openPostgresEngine } from '../../../lib/storage/postgres/postgres-engine';
import { mail } from '../../../lib/testing/engine/sample-mail';
import { PostgresServer, quickFolder } from '../../../scripts/support/postgres-server';
import { newSchema } from '../support/engine-on';

describe('PostgreSQL whose mail is brought to another server', () => {
  it('gives greater numbers than before, although the timeline of the new server is younger', async function () {
    this.timeout(120_000);
    const folder = await quickFolder();
    const old = await PostgresServer.create([], folder);
    const promoted = await PostgresServer.follow(old, 'next');
    const fresh = await PostgresServer.create([], folder);
    const schema = newSchema();
    try {
      await promoted.promote();
      const before = await openPostgresEngine({ database: { url: promoted.urlOf(), schema } });
      const { mailbox } = mail('one');
      await before.put(mail('one'));
      const [one] = (await before.page(mailbox, 0, 10)).items;
      await before.close();
      await promoted.dumpTo(fresh, schema);
      const after = await openPostgresEngine({ database: { url: fresh.urlOf(), schema } });
      assert.deepEqual(after.health(), { state: 'ok' });
      await after.put(mail('two'));
      const { items } = await after.page(mailbox, one?.cursor ?? 0, 10);
      assert.deepEqual(
        items.map(({ storageId }) => storageId),
        [mail('two').storageId],
        'a cursor from before finds it',
      );
      assert.equal(after.countInMailbox(mailbox), 2);
      assert.deepEqual(after.total(), { messages: 2, bytes: 2 * 287 });
      await after.close();
    } finally {
      await Promise.all([old, promoted, fresh].map((server) => server.remove()));
    }
  });
});
