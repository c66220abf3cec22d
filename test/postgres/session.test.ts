import assert from 'node:assert/strict';
import { toHex } from '../../lib/bytes';
import {
  AsyncManager,
  chooseCryptoProvider,
  type AsyncManagerOptions,
  systemPlatform,
  VirtualNetwork,
  type VirtualTransport,
} from '../../lib/index';
import { MemoryDisk, MemoryVolume, openMemoryDirectory } from '../../lib/testing/index';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { textOf } from '../support/text-of';
import { newSchema } from './support/engine-on';
import { until } from '../../scripts/support/postgres-group';

interface Person {
  readonly manager: AsyncManager;
  readonly transport: VirtualTransport;
  readonly texts: string[];
}

describe('a session that keeps mail for others in PostgreSQL', function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let network: VirtualNetwork;
  const people: Person[] = [];

  before(async () => {
    server = await PostgresServer.create([], await quickFolder());
  });
  beforeEach(() => {
    network = new VirtualNetwork(systemPlatform);
  });
  afterEach(async () => {
    for (const { manager } of people.splice(0)) await manager.stop();
  });
  after(() => server.remove());

  /** Everybody on a virtual network is a friend of everybody. */
  async function add(name: string, options: Partial<AsyncManagerOptions>): Promise<Person> {
    const platform = { ...systemPlatform, disk: new MemoryDisk() };
    const crypto = chooseCryptoProvider();
    const directory = await openMemoryDirectory({ platform, crypto, volume: new MemoryVolume() });
    const manager = await AsyncManager.create({ dataDir: '/data', directory, platform, ...options });
    const texts: string[] = [];
    manager.setMessageHandler((message) => {
      texts.push(textOf(message));
      return 'done';
    });
    const transport = network.join({ publicKey: manager.publicKey, name });
    await manager.attachTransport(transport);
    await manager.start();
    const person = { manager, transport, texts };
    people.push(person);
    return person;
  }

  it('stores it there, gives it out, and deletes it there', async () => {
    const schema = newSchema();
    const node = await add('node', { mailDatabase: { url: server.urlOf(), schema } });
    const sender = await add('sender', { storageRole: 'off' });
    const recipient = await add('recipient', { storageRole: 'off' });
    const mail = async () => {
      const [row] = await server.sql(`SELECT count(*)::int AS n FROM ${schema}.mail`);
      return row?.n;
    };
    await Promise.all([
      sender.manager.waitForKeys(recipient.manager.publicKey),
      sender.manager.waitForKeys(node.manager.publicKey),
      recipient.manager.waitForKeys(node.manager.publicKey),
    ]);
    await recipient.transport.setOnline(false);
    await sender.manager.sendAsyncMessage(recipient.manager.publicKey, 'Frost tonight', 0);
    await until(async () => (await mail()) === 1);
    assert.equal(node.manager.snapshot().kept.messages, 1);
    const rows = await server.sql(`SELECT m::text AS row FROM ${schema}.mail AS m
      UNION ALL SELECT c::text FROM ${schema}.counts AS c`);
    const secrets = [sender, recipient, node].map(({ manager }) => toHex(manager.publicKey));
    for (const secret of [...secrets, Buffer.from('Frost').toString('hex')]) {
      assert.ok(!JSON.stringify(rows).includes(secret), 'the database tells no names and no text');
    }
    await recipient.transport.setOnline(true);
    await until(() => recipient.texts.length > 0);
    assert.deepEqual(recipient.texts, ['Frost tonight']);
    await until(async () => (await mail()) === 0);
  });

  it('has no storage role while the database cannot be used, and the rest of it works', async () => {
    const url = server.urlOf('postgres', 'keeper', 'hunter2');
    const said: string[] = [];
    const say = (text: string) => said.push(text);
    const log = { debug: say, info: say, warn: say, error: say };
    const node = await add('node', { mailDatabase: { url, schema: newSchema() }, log });
    const friend = await add('friend', { storageRole: 'off' });
    const { role, trouble } = node.manager.snapshot().kept;
    assert.equal(role, 'off');
    assert.match(JSON.stringify(trouble), /refuses the password/);
    assert.match(said.join('\n'), /refuses the password/);
    assert.ok(![...said, JSON.stringify(node.manager.snapshot())].join().includes('hunter2'));
    await node.manager.waitForKeys(friend.manager.publicKey);
    await node.manager.sendAsyncMessage(friend.manager.publicKey, 'I work', 0);
    await until(() => friend.texts.includes('I work'));
  });

  it('is not opened with a database URL that cannot be', async () => {
    await assert.rejects(add('node', { mailDatabase: { url: 'postgresql://tox:secret@/mail' } }), {
      code: 'ErrInvalidArgument',
    });
  });
});
