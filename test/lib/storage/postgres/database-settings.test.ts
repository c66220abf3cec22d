import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import { readDatabaseSettings } from '../../../../lib/storage/postgres/connection/database-settings';

const SECRET = 'hunter2';

describe('The URL of a database', () => {
  const read = (url: string) => readDatabaseSettings({ url });

  it('names user, password, hosts and database, each in percent form', () => {
    const address = read('postgresql://tox%40home:a%2Fb%3Ac%40d@one:5433,[::1],%2Ftmp/m%20ail');
    assert.equal(address.user, 'tox@home');
    assert.equal(address.password, 'a/b:c@d');
    assert.equal(address.database, 'm ail');
    assert.deepEqual(address.hosts, [
      { host: 'one', port: 5433 },
      { host: '::1', port: 5432 },
      { host: '/tmp', port: 5432 },
    ]);
    assert.equal(read(' postgres://tox@one/mail \n').password, undefined);
    assert.equal(read('postgresql://tox:@one/mail').password, '');
  });

  it('asks for TLS with a check of the certificate, unless every host is this machine', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3:5433', '[::1]', '%2Frun%2Fpostgresql']) {
      assert.equal(read(`postgresql://tox@${host}/mail`).tls, 'disable', host);
    }
    for (const host of ['db', '10.0.0.1', '127.0.0.1,db', 'localhost.example', '127.evil.example']) {
      assert.equal(read(`postgresql://tox@${host}/mail`).tls, 'verify-full', host);
    }
    assert.equal(read('postgresql://tox@127.0.0.1/mail?sslmode=verify-full').tls, 'verify-full');
    assert.equal(read('postgresql://tox@db/mail?sslmode=require').tls, 'require');
    assert.equal(read('postgresql://tox@db/mail?sslmode=disable').tls, 'disable');
  });

  it('is refused with what is wrong, and without the password', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['', /must look like/],
      [`mysql://tox:${SECRET}@one/mail`, /must look like/],
      [`postgresql://tox:${SECRET}@one`, /must look like/],
      [`postgresql://tox:${SECRET}@/mail`, /must look like/],
      [`postgresql://:${SECRET}@one/mail`, /must look like/],
      [`postgresql://tox:${SECRET}/x@one/mail`, /must look like/],
      [`postgresql://tox:${SECRET}@home@one/mail`, /must look like/],
      [`postgresql://tox:${SECRET}@one/mail/${SECRET}`, /must look like/],
      [`postgresql://tox:${SECRET}@one:0/mail`, /Each host/],
      [`postgresql://tox:${SECRET}@one:65536/mail`, /Each host/],
      [`postgresql://tox:${SECRET}@one:port/mail`, /Each host/],
      [`postgresql://tox:${SECRET}@one,,two/mail`, /Each host/],
      [`postgresql://tox:${SECRET}@::1/mail`, /Each host/],
      [`postgresql://tox:${SECRET}%@one/mail`, /Write %25/],
      [`postgresql://tox:${SECRET}@one/mail?sslmode=prefer`, /sslmode of the database URL must be/],
      [`postgresql://tox:${SECRET}@one/mail?sslmode=`, /sslmode of the database URL must be/],
      [`postgresql://tox:${SECRET}@one/mail?password=${SECRET}`, /no parameter but sslmode/],
      [`postgresql://tox:${SECRET}@one/mail?${SECRET}`, /no parameter but sslmode/],
    ];
    for (const [url, text] of wrong) {
      assert.throws(
        () => read(url),
        (error: unknown) => {
          assert.ok(ToxAsyncError.is(error, 'ErrInvalidArgument'));
          assert.match(error.message, text, url);
          assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes(SECRET), url);
          return true;
        },
        url,
      );
    }
  });

  it('goes with a schema and a number of standbys that can be', () => {
    const url = 'postgresql://tox@one/mail';
    for (const schema of ['Mail', '1mail', 'mail"; DROP', '', 'm'.repeat(41)]) {
      assert.throws(() => readDatabaseSettings({ url, schema }), { code: 'ErrInvalidArgument' }, schema);
    }
    for (const standbys of [-1, 1.5, 101, NaN]) {
      assert.throws(() => readDatabaseSettings({ url, standbys }), { code: 'ErrInvalidArgument' });
    }
    assert.equal(readDatabaseSettings({ url }).schema, 'tox_async');
  });
});
