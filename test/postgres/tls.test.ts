import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openPostgresEngine, type PostgresEngine } from '../../lib/storage/postgres/postgres-engine';
import { mail } from '../../lib/testing/engine/sample-mail';
import { PostgresServer, quickFolder } from '../../scripts/support/postgres-server';
import { newSchema } from './support/engine-on';

/** A key and a certificate that nobody but itself signed, for one name. */
async function selfSigned(name: string): Promise<{ key: string; certificate: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tox-async-tls-'));
  const [key, certificate] = [path.join(folder, 'key'), path.join(folder, 'certificate')];
  try {
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const what = ['-subj', '/CN=database', '-addext', `subjectAltName=${name}`, '-days', '2'];
    await promisify(execFile)('openssl', [...kind, ...what, '-keyout', key, '-out', certificate]);
    return { key: await readFile(key, 'utf8'), certificate: await readFile(certificate, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('PostgreSQL over TLS', () => {
  let server: PostgresServer;
  let ca: string;
  const engines: PostgresEngine[] = [];

  before(async function () {
    this.timeout(60_000);
    const { key, certificate } = await selfSigned('IP:127.0.0.1');
    server = await PostgresServer.create([], await quickFolder());
    ca = certificate;
    await server.configure([
      `ssl_cert_file = '${await server.give('server.crt', certificate)}'`,
      `ssl_key_file = '${await server.give('server.key', key)}'`,
    ]);
  });
  afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.close())));
  after(() => server.remove());

  async function open(mode: string, more: { ca?: string; host?: string } = {}): Promise<PostgresEngine> {
    const { host = '127.0.0.1', ...trust } = more;
    const url = `${server.urlOf().replace('127.0.0.1', host)}?sslmode=${mode}`;
    const engine = await openPostgresEngine({ database: { url, schema: newSchema(), ...trust } });
    engines.push(engine);
    return engine;
  }

  const isRefused = async (opened: Promise<PostgresEngine>, why: RegExp) => {
    const engine = await opened;
    const health = engine.health();
    assert.equal(health.state, 'down');
    assert.match(health.error.message, why);
    await assert.rejects(engine.put(mail('one')), { code: 'ErrDatabase' });
  };

  const connections = () =>
    server.sql(`SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
      WHERE application_name = 'tox-async' AND backend_type = 'client backend'`);

  it('is refused, and says how to turn it on, while the server has none', async () => {
    await isRefused(open('require'), /offers no TLS\. Turn it on there/);
    await isRefused(open('verify-full', { ca }), /offers no TLS\. Turn it on there/);
  });

  describe('with a certificate that only itself signed', () => {
    before(async () => {
      await server.configure(['ssl = on']);
      await server.reload();
    });

    it('is refused where nobody here knows who signed it', () =>
      isRefused(open('verify-full'), /signed by nobody known here/));

    it('is accepted where the certificate is given, and encrypts every connection', async () => {
      const engine = await open('verify-full', { ca });
      assert.deepEqual(engine.health(), { state: 'ok' });
      assert.equal(await engine.put(mail('one')), 'stored');
      assert.ok(await engine.get(mail('one').mailbox, mail('one').storageId));
      assert.deepEqual(await connections(), [{ ssl: true }, { ssl: true }, { ssl: true }]);
    });

    it('is refused where it is for another host', () =>
      isRefused(open('verify-full', { ca, host: 'localhost' }), /for another host/));

    it('is encrypted without a check where that is asked for', async () => {
      const engine = await open('require');
      assert.equal(await engine.put(mail('one')), 'stored');
      assert.ok((await connections()).every(({ ssl }) => ssl === true));
    });
  });
});
