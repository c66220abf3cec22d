import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../../../../lib/bytes';
import { FleetBook } from '../../../../../lib/client/storage-nodes/fleets/fleet-book';
import { createPortableProvider } from '../../../../../lib/crypto/providers/portable';
import { signCertificate } from '../../../../../lib/protocol/fleet/certificate';
import type { Store } from '../../../../../lib/store/store';
import { MemoryVolume, openMemoryStore } from '../../../../../lib/testing/memory-store';
import { silentLogger } from '../../../../../lib/types';

const crypto = createPortableProvider();
const digest = (name: string) => crypto.sha256(utf8(name));
const keyOf = (name: string) => crypto.keyPairFromSecret(digest(name)).publicKey;
const [A, B] = [keyOf('a'), keyOf('b')];
const DAY = 86_400;

describe('what is known of fleets', () => {
  let store: Store;
  let age: number;
  let book: FleetBook;
  const reopen = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    book = open();
  };
  const open = () => new FleetBook({ store, ages: { now: () => age }, log: silentLogger });
  const shows = (node: Uint8Array, serial: number, { valid = DAY, fleet = 'fleet', replicas = 2 } = {}) =>
    book.note(node, signCertificate(digest(fleet), node, { serial, valid, replicas }));
  const isIn = (node: Uint8Array) => book.fleetOf(node) !== undefined;

  beforeEach(() => {
    store = openMemoryStore(new MemoryVolume());
    age = 1000;
    book = open();
  });

  it('takes four new certificates of a node at once, and then one a minute', () => {
    const fleets = Array.from({ length: 6 }, (_, n) => `fleet ${n}`);
    assert.deepEqual(
      fleets.map((fleet) => shows(A, 7, { fleet })),
      [true, true, true, true, false, false],
    );
    for (let again = 0; again < 10; again += 1) assert.equal(shows(A, 7, { fleet: 'fleet 3' }), false);
    assert.equal(shows(B, 7), true, 'another node');
    age += 60;
    assert.equal(shows(A, 7, { fleet: 'fleet 4' }), true);
    const forged = signCertificate(digest('fleet'), B, { serial: 9, valid: DAY, replicas: 2 });
    for (let n = 0; n < 50; n += 1) assert.equal(book.note(A, forged), false);
    assert.equal(book.forged, 0, 'no signature is checked beyond the rate');
  });

  it('is that a node belongs to the fleet that certifies it, after a restart too', async () => {
    assert.equal(isIn(A), false);
    assert.equal(shows(A, 7), true);
    await reopen();
    assert.equal(
      toHex(book.fleetOf(A)?.key ?? new Uint8Array()),
      'c356b3d3f4f6d32c8c1d1f0f95fe88e8c9a01f437c48171c5c7045f2330fcaa2',
    );
    assert.equal(book.fleetOf(A)?.replicas, 2);
    assert.equal(shows(A, 7), false, 'nothing new');
  });

  it('is nothing by a certificate of another node, or one that was changed; these are counted', () => {
    const certificate = signCertificate(digest('fleet'), A, { serial: 7, valid: DAY, replicas: 2 });
    assert.equal(book.note(B, certificate), false);
    for (const change of [{ serial: 8 }, { valid: DAY + 1 }, { replicas: 3 }, { fleetKey: digest('x') }]) {
      assert.equal(book.note(A, { ...certificate, ...change }), false);
    }
    assert.deepEqual([isIn(A), isIn(B), book.forged], [false, false, 5]);
  });

  it('ends when the certificate is over, counted from when its serial was first seen', () => {
    shows(A, 7);
    age += DAY / 2;
    shows(B, 7);
    age += DAY / 2 - 1;
    assert.deepEqual([isIn(A), isIn(B)], [true, true]);
    age += 1;
    shows(A, 7);
    assert.deepEqual([isIn(A), isIn(B)], [false, false], 'to show it again makes it no younger');
    assert.equal(book.isFormer(A), true);
    assert.equal(shows(A, 8), true);
    assert.equal(isIn(A), true);
  });

  it('ignores lower serials once a higher one was seen, of all nodes of the fleet', async () => {
    shows(A, 7);
    shows(B, 7);
    assert.deepEqual(book.twinsOf(A).map(toHex), [toHex(B)]);
    shows(B, 8);
    assert.deepEqual([isIn(A), isIn(B), book.isFormer(A)], [false, true, true]);
    assert.equal(shows(A, 7), false);
    await reopen();
    assert.equal(shows(A, 7), false);
    assert.deepEqual(book.twinsOf(B), []);
    shows(A, 8);
    assert.equal(isIn(A), true);
  });

  it('forgets a friend who goes, and not the serial of its fleet', async () => {
    shows(A, 8);
    book.forget(A);
    assert.deepEqual([isIn(A), book.isFormer(A)], [false, false]);
    await reopen();
    assert.equal(shows(A, 7), false);
  });

  it('has an end, however many fleets a friend invents', async () => {
    for (let n = 0; n < 200; n += 1) shows(A, 1, { fleet: `fleet ${n}` });
    await reopen();
    assert.equal(isIn(A), true);
    const keys = [...store.range({ gte: utf8('fleet/'), lt: utf8('fleet0') })];
    assert.ok(keys.length <= 66, String(keys.length));
  });

  it('says when the next certificate that counts is over', async () => {
    assert.equal(book.nextEnd(), undefined);
    shows(A, 7, { valid: 600 });
    shows(B, 7, { valid: 60 });
    assert.equal(book.nextEnd(), age + 60);
    await reopen();
    age += 60;
    assert.equal(book.nextEnd(), age + 540);
    shows(B, 8, { valid: 2 * DAY });
    assert.equal(book.nextEnd(), age + 2 * DAY, 'the end of a round before does not matter');
    age += 2 * DAY;
    assert.equal(book.nextEnd(), undefined);
  });
});
