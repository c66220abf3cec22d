import { messageEngineSuite } from '../../lib/testing/engine/message-engine-suite';
import { startGroup } from '../../scripts/support/postgres-group';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { engineOn } from './support/engine-on';

describe('PostgreSQL alone', () => {
  let server: PostgresServer;

  before(async function () {
    this.timeout(60_000);
    server = await PostgresServer.create([], await quickFolder());
  });

  after(() => server.remove());

  messageEngineSuite({ describe, it, after }, 'PostgreSQL', () => engineOn(server.urlOf()));
});

describe('PostgreSQL with two synchronous standbys', () => {
  let servers: PostgresServer[] = [];

  before(async function () {
    this.timeout(120_000);
    servers = await startGroup(2, await quickFolder());
  });

  after(() => Promise.all(servers.map((server) => server.remove())));

  messageEngineSuite({ describe, it, after }, 'PostgreSQL with synchronous standbys', () =>
    engineOn(servers[0]?.urlOf() ?? ''),
  );
});
