import { messageEngineSuite } from '../../lib/testing/engine/message-engine-suite';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { engineOn } from './support/engine-on';
import { SYNCHRONOUS, withStandbys } from './support/standbys';

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
    servers = await withStandbys(2);
  });

  after(() => Promise.all(servers.map((server) => server.remove())));

  messageEngineSuite({ describe, it, after }, SYNCHRONOUS, () => engineOn(servers[0]?.urlOf() ?? ''));
});
