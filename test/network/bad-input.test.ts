import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { type ErrorCode, ToxAsyncError } from '../../lib/errors';
import type { ToxcoreSettings } from '../../lib/transport/toxcore/toxcore-settings';
import { RecordingHandler } from '../../lib/testing/transport/recording-handler';
import { ToxParty } from './support/tox-party';
import { PROCESS_MS } from './support/until';
import { freePort } from './support/udp-port';

const failsWith = (code: ErrorCode, text: RegExp) => (error: unknown) => {
  assert.ok(ToxAsyncError.is(error, code), String(error));
  assert.match(error.message, text);
  return true;
};

describeOnTox('libtoxcore, given what it cannot use', function () {
  this.timeout(2 * PROCESS_MS);
  const parties: ToxParty[] = [];
  const party = (settings: Partial<ToxcoreSettings> = {}) => {
    const made = new ToxParty({ bootstrap: [], ...settings });
    parties.push(made);
    return made;
  };
  const start = ({ transport }: ToxParty) => transport.start(new RecordingHandler());

  afterEach(async () => {
    for (const { transport } of parties.splice(0)) await transport.stop();
  });

  /** Its profile is never replaced, no process stays behind, and it starts once the fault is mended. */
  async function startFails(broken: ToxParty, code: ErrorCode, text: RegExp, mend?: () => unknown) {
    const before = broken.savedata.slice();
    await assert.rejects(start(broken), failsWith(code, text));
    assert.equal(broken.transport.childPid, undefined);
    assert.equal(broken.saves, 0);
    assert.deepEqual(broken.savedata, before);
    if (!mend) return;
    await mend();
    await start(broken);
  }

  it('names the package to install when the library is not there', () =>
    startFails(
      party({ library: '/no/such/libtoxcore.so.2' }),
      'ErrMissingLibrary',
      /apt install libtoxcore2/,
    ));

  it('says when the file named is another library', () =>
    startFails(party({ library: 'libc.so.6' }), 'ErrMissingLibrary', /not libtoxcore/));

  it('says which UDP ports are taken, and starts when one is free', async () => {
    const port = await freePort();
    const ports = { first: port, last: port };
    const holder = party({ ports });
    await start(holder);
    await startFails(
      party({ ports }),
      'ErrPortInUse',
      new RegExp(`UDP ports ${port} to ${port}.*Choose other`),
      () => holder.transport.stop(),
    );
  });

  it('says when the TCP port of its relay is taken', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await startFails(
      party({ relayPort: port }),
      'ErrPortInUse',
      new RegExp(`TCP port ${port} is taken`),
      () => new Promise((resolve) => server.close(resolve)),
    );
  });

  it('says when no proxy listens, instead of staying offline without a word', () =>
    startFails(
      party({ proxy: { type: 'socks5', host: '127.0.0.1', port: 9 } }),
      'ErrProxy',
      /proxy 127\.0\.0\.1:9 .*ECONNREFUSED.*Start it/,
    ));

  it('refuses damaged profiles and never makes a new identity of them', async () => {
    const broken = party();
    const sound = broken.savedata;
    const garbage = new Uint8Array(sound.length).fill(7);
    const cut = sound.slice(0, 40);
    for (const savedata of [garbage, cut]) {
      broken.savedata = savedata;
      await startFails(broken, 'ErrIdentityFile', /left unchanged.*backup/);
    }
    broken.savedata = sound;
    await start(broken);
  });

  it('refuses a profile that is still sealed', async () => {
    const broken = party();
    const sound = broken.savedata;
    broken.savedata = new Uint8Array(Buffer.concat([Buffer.from('toxEsave'), Buffer.alloc(200, 7)]));
    await startFails(broken, 'ErrPassphrase', /passphrase/, () => (broken.savedata = sound));
  });

  it('hands on that the profile could not be written, and goes on running', async () => {
    const { transport } = party();
    const full = new ToxParty({ bootstrap: [] });
    parties.push(full);
    full.save = () => Promise.reject(new ToxAsyncError('ErrLocalStorageFull', 'Free some space.'));
    await start(full);
    await assert.rejects(full.transport.setName('x'), failsWith('ErrLocalStorageFull', /space/));
    await assert.rejects(
      full.transport.acceptFriend(transport.self),
      failsWith('ErrLocalStorageFull', /space/),
    );
    full.save = () => Promise.resolve();
    await full.transport.setName('y');
    assert.deepEqual(full.warnings, []);
  });

  describe('in a friend request or a name', () => {
    const refusals: [
      why: string,
      (self: ToxParty, other: ToxParty) => Promise<unknown>,
      ErrorCode,
      RegExp,
    ][] = [
      [
        'a Tox ID that is too short',
        (self, other) => self.transport.addFriend(other.transport.toxId.slice(1), 'Hello'),
        'ErrInvalidToxId',
        /76/,
      ],
      [
        'a Tox ID with a typing mistake',
        (self, other) => {
          const { toxId } = other.transport;
          return self.transport.addFriend((toxId.startsWith('0') ? '1' : '0') + toxId.slice(1), 'Hello');
        },
        'ErrInvalidToxId',
        /checksum|copy/i,
      ],
      [
        'our own Tox ID',
        (self) => self.transport.addFriend(self.transport.toxId, 'Hello'),
        'ErrInvalidRecipient',
        /our own Tox ID.*Use the Tox ID of the friend/,
      ],
      ['our own key', (self) => self.transport.acceptFriend(self.pk), 'ErrInvalidKey', /own/],
      [
        'a key that is none',
        (self) => self.transport.acceptFriend(new Uint8Array(32)),
        'ErrInvalidKey',
        /key/,
      ],
      [
        'an empty text',
        (self, other) => self.transport.addFriend(other.transport.toxId, ''),
        'ErrInvalidArgument',
        /1 to 943/,
      ],
      [
        'a text that is too long',
        (self, other) => self.transport.addFriend(other.transport.toxId, 'é'.repeat(472)),
        'ErrInvalidArgument',
        /1 to 943 bytes of UTF-8; this one has 944/,
      ],
      [
        'a name that is too long',
        (self) => self.transport.setName('x'.repeat(129)),
        'ErrInvalidArgument',
        /128/,
      ],
      [
        'a status message that is too long',
        (self) => self.transport.setStatusMessage('x'.repeat(1008)),
        'ErrInvalidArgument',
        /1007/,
      ],
      [
        'half a nospam',
        (self) => self.transport.setNospam(new Uint8Array(2)),
        'ErrInvalidArgument',
        /4 bytes/,
      ],
    ];

    it('refuses each with an error that says what to do, and changes nothing', async () => {
      const [self, other] = [party(), party()];
      await start(self);
      for (const [why, attempt, code, text] of refusals) {
        await assert.rejects(attempt(self, other), failsWith(code, text), why);
      }
      assert.deepEqual([self.saves, self.transport.friends(), self.warnings], [0, [], []]);
    });

    it('takes the longest of each', async () => {
      const [self, other] = [party(), party()];
      await start(self);
      await self.transport.addFriend(other.transport.toxId, `${'é'.repeat(471)}.`);
      await self.transport.setName('x'.repeat(128));
      await self.transport.setStatusMessage('x'.repeat(1007));
      assert.equal(self.profile.name?.length, 128);
      assert.equal(self.profile.statusMessage?.length, 1007);
    });

    it('refuses every change while it does not run', async () => {
      const [self, other] = [party(), party()];
      for (const attempt of [
        () => self.transport.addFriend(other.transport.toxId, 'Hello'),
        () => self.transport.removeFriend(other.pk),
        () => self.transport.setName('x'),
      ]) {
        await assert.rejects(
          attempt(),
          failsWith('ErrNotConnected', /Try again when the transport is running/),
        );
      }
    });
  });
});
