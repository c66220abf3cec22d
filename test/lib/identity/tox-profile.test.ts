import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ToxAsyncError } from '../../../lib/errors';
import { makeProfile, parseProfile, serialiseProfile, withFriends } from '../../../lib/identity/tox-profile';
import { friendRecord, keys, savedata, section } from './support/savedata';

const filled = (byte: number, length = 32) => new Uint8Array(length).fill(byte);
const nospam = Uint8Array.of(1, 2, 3, 4);
const ownKeys = keys(nospam, filled(1), filled(2));
const isMalformed = (error: unknown) => ToxAsyncError.is(error, 'ErrMalformed');

const anna = friendRecord({
  status: 3,
  publicKey: filled(0xa),
  name: 'Anna',
  statusMessage: 'busy',
  lastSeen: 1_764_000_000,
});
const asked = friendRecord({ status: 2, publicKey: filled(0xb), request: 'It is me' });

/** As a client leaves it: with sections that are not ours, in the order of toxcore. */
const full = savedata(
  ownKeys,
  section(2, Buffer.from('dht nodes')),
  section(3, Buffer.concat([anna, asked])),
  section(4, Buffer.from('Otto')),
  section(5, Buffer.from('Tox on a Pi')),
  section(6, Buffer.from([0])),
  section(10, Buffer.alloc(0)),
  section(77, Buffer.from('from the future')),
);

describe('Tox profile', () => {
  it('is read as toxcore writes it', () => {
    const profile = parseProfile(full);
    assert.deepEqual(profile.keyPair, { publicKey: filled(1), secretKey: filled(2) });
    assert.deepEqual(profile.nospam, nospam);
    assert.equal(profile.name, 'Otto');
    assert.equal(profile.statusMessage, 'Tox on a Pi');
    assert.deepEqual(
      profile.friends.map(({ publicKey, name }) => [publicKey[0], name]),
      [
        [0xa, 'Anna'],
        [0xb, undefined],
      ],
    );
  });

  it('is written back byte for byte when nothing changed', () => {
    assert.deepEqual(serialiseProfile(parseProfile(full)), full);
  });

  it('may have zeros behind its end, as libtoxcore leaves them, and loses them when written', () => {
    const padded = new Uint8Array(Buffer.concat([full, Buffer.alloc(1000)]));
    assert.deepEqual(serialiseProfile(parseProfile(padded)), full);
    padded[full.length + 999] = 1;
    assert.throws(() => parseProfile(padded), isMalformed);
  });

  it('keeps all sections, their order and what they say of a friend when the friends change', () => {
    const changed = withFriends(parseProfile(full), [
      { publicKey: filled(0xb) },
      { publicKey: filled(0xc), name: 'Carla' },
      { publicKey: filled(0xa), name: 'Änne' },
    ]);
    const carla = friendRecord({ status: 3, publicKey: filled(0xc), name: 'Carla' });
    carla.fill(0, 2204, 2208);
    const anne = friendRecord({
      status: 3,
      publicKey: filled(0xa),
      name: 'Änne',
      statusMessage: 'busy',
      lastSeen: 1_764_000_000,
    });
    const expected = savedata(
      ownKeys,
      section(2, Buffer.from('dht nodes')),
      section(3, Buffer.concat([asked, carla, anne])),
      section(4, Buffer.from('Otto')),
      section(5, Buffer.from('Tox on a Pi')),
      section(6, Buffer.from([0])),
      section(10, Buffer.alloc(0)),
      section(77, Buffer.from('from the future')),
    );
    assert.deepEqual(serialiseProfile(changed), expected);
  });

  it('gets a section of friends when it had none', () => {
    const changed = withFriends(parseProfile(savedata(ownKeys)), [{ publicKey: filled(0xa) }]);
    assert.equal(parseProfile(serialiseProfile(changed)).friends.length, 1);
  });

  it('keeps a friend’s name when we have none for it, and cuts ours to 128 bytes at a whole character', () => {
    const profile = withFriends(parseProfile(full), [
      { publicKey: filled(0xa) },
      { publicKey: filled(0xb), name: `x${'é'.repeat(80)}` },
    ]);
    const names = parseProfile(serialiseProfile(profile)).friends.map(({ name }) => name);
    assert.deepEqual(names, ['Anna', `x${'é'.repeat(63)}`]);
  });

  it('is made new from keys and nospam', () => {
    const made = serialiseProfile(makeProfile({ publicKey: filled(1), secretKey: filled(2) }, nospam));
    assert.deepEqual(made, savedata(ownKeys, section(3, Buffer.alloc(0))));
    assert.deepEqual(parseProfile(made).friends, []);
  });

  it('does not follow later changes of the bytes it was read from', () => {
    const bytes = full.slice();
    const profile = parseProfile(bytes);
    bytes.fill(0);
    assert.deepEqual(serialiseProfile(profile), full);
  });

  it('skips unused and repeated friends', () => {
    const records = [friendRecord({ status: 0, publicKey: filled(0xd) }), anna, anna];
    const profile = parseProfile(savedata(ownKeys, section(3, Buffer.concat(records))));
    assert.equal(profile.friends.length, 1);
  });

  it('shows no name that is not well-formed UTF-8 or claims to be longer than its field', () => {
    const broken = friendRecord({ status: 3, publicKey: filled(0xd), name: 'x' });
    broken[1060] = 0xff;
    const long = friendRecord({ status: 3, publicKey: filled(0xe), name: 'x'.repeat(128) });
    long.writeUInt16BE(60_000, 1188);
    const cut = friendRecord({ status: 3, publicKey: filled(0xf), name: `${'x'.repeat(126)}ü` });
    cut.writeUInt16BE(127, 1188);
    const profile = parseProfile(
      savedata(ownKeys, section(3, Buffer.concat([broken, long, cut])), section(4, Buffer.from([0xff]))),
    );
    assert.deepEqual(
      profile.friends.map(({ name, garbledName }) => [name, garbledName]),
      [
        [undefined, true],
        ['x'.repeat(128), undefined],
        ['x'.repeat(126), undefined],
      ],
    );
    assert.equal(profile.name, undefined);
  });

  it('is refused when cut off anywhere', () => {
    const short = savedata(ownKeys, section(4, Buffer.from('Otto')));
    for (let length = 0; length < short.length; length++) {
      assert.throws(() => parseProfile(short.subarray(0, length)), isMalformed, `${length} bytes`);
    }
    parseProfile(short);
  });

  it('is refused with wrong cookies, without keys, with keys twice, a friend cut off or bytes after the end', () => {
    const wrongFile = full.slice();
    wrongFile[4] = 0;
    const wrongSection = full.slice();
    wrongSection[14] = 0;
    const bad = [
      wrongFile,
      wrongSection,
      savedata(section(4, Buffer.from('Otto'))),
      savedata(section(1, Buffer.alloc(67))),
      savedata(ownKeys, ownKeys),
      savedata(ownKeys, section(3, anna.subarray(1))),
      new Uint8Array([...full, 1]),
    ];
    for (const bytes of bad) assert.throws(() => parseProfile(bytes), isMalformed);
  });

  it('reads any bytes or refuses them with ErrMalformed, and writes back what it read', () => {
    const mutated = fc
      .tuple(fc.array(fc.tuple(fc.nat(full.length - 1), fc.nat(255)), { maxLength: 4 }), fc.nat(full.length))
      .map(([changes, cut]) => {
        const bytes = full.slice();
        for (const [at, value] of changes) bytes[at % 120] = value;
        return cut % 3 === 0 ? bytes.slice(0, cut) : bytes;
      });
    const random = fc.uint8Array({ maxLength: 200 });
    const framed = fc
      .array(fc.tuple(fc.constantFrom(1, 3, 4, 5, 99), fc.uint8Array({ maxLength: 80 })), { maxLength: 5 })
      .map((sections) => savedata(...sections.map(([type, data]) => section(type, data))));
    fc.assert(
      fc.property(fc.oneof(mutated, random, framed), (bytes) => {
        try {
          const written = serialiseProfile(parseProfile(bytes));
          assert.deepEqual(written, bytes.slice(0, written.length));
          assert.ok(bytes.subarray(written.length).every((byte) => byte === 0));
        } catch (error) {
          assert.ok(isMalformed(error), String(error));
        }
      }),
      { numRuns: 300 },
    );
  });
});
