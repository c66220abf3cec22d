import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EXIT } from '../../bin/exit-codes';
import { CommandUser, newNetwork } from './support/command-user';

const TOX_ID = /^[0-9A-F]{76}\n$/;

describe('tox-async init, id, backup and restore', function () {
  this.timeout(60_000);
  let ann: CommandUser;
  let other: CommandUser;

  beforeEach(async () => {
    ann = await CommandUser.of('Ann', newNetwork());
    other = await CommandUser.of('Other', newNetwork());
  });

  afterEach(async () => {
    await ann.end();
    await other.end();
  });

  it('make one identity in a directory, and tell it', async () => {
    const before = await ann.run(['id']);
    assert.equal(before.exitCode, EXIT.config);
    assert.match(before.err, /no session in .*data\. Make one with "tox-async init"/);
    const made = await ann.run(['init']);
    assert.equal(made.exitCode, EXIT.ok);
    assert.match(made.out, TOX_ID);
    assert.equal((await ann.run(['id'])).out, made.out);
    const again = await ann.run(['init']);
    assert.equal(again.exitCode, EXIT.cannotCreate);
    assert.match(again.err, /has a session already/);
  });

  it('say where options of the network belong, and make nothing then', async () => {
    for (const option of [
      ['--proxy', 'socks5://127.0.0.1:9050'],
      ['--bootstrap', 'none'],
      ['--port', '33445'],
      ['--tcp'],
    ]) {
      const { exitCode, err } = await ann.run(['init', ...option]);
      assert.equal(exitCode, EXIT.usage);
      assert.match(
        err,
        new RegExp(`"tox-async init" without --join does not connect. Leave ${option[0]} out here`),
      );
    }
    assert.equal((await ann.run(['id'])).exitCode, EXIT.config);
    const env = { TOX_ASYNC_PROXY: 'socks5://127.0.0.1:9050' };
    assert.equal((await ann.run(['init'], { env })).exitCode, EXIT.ok);
  });

  it('use the directory of the option, of the environment, or the usual one', async () => {
    const inOption = await ann.run(['init', '--data', 'elsewhere']);
    assert.equal((await ann.run(['id'], { env: { TOX_ASYNC_DATA: 'elsewhere' } })).out, inOption.out);
    const usual = await ann.run(['init'], { env: { TOX_ASYNC_DATA: '' } });
    const named = await ann.run(['id', '--data', path.join(ann.folder, '.local/share/tox-async')]);
    assert.equal(named.out, usual.out);
    const xdg = await ann.run(['init'], { env: { TOX_ASYNC_DATA: '', XDG_DATA_HOME: ann.folder } });
    assert.equal((await ann.run(['id', '--data', 'tox-async'])).out, xdg.out);
  });

  it('draw the QR code on a terminal, and elsewhere when asked to', async () => {
    const { out } = await ann.run(['init']);
    assert.equal((await ann.run(['id'])).out, out);
    const coloured = await ann.run(['id'], { isTTY: true });
    const lines = coloured.out.slice(out.length).trimEnd().split('\n');
    assert.equal(lines.length, Math.ceil((33 + 8) / 2));
    // Black on white, whatever the terminal's colours are: the quiet zone is empty.
    assert.equal(lines[0], `\u001b[30;107m${' '.repeat(41)}\u001b[0m`);
    const plain = await ann.run(['id', '--qr']);
    assert.equal(plain.out.slice(out.length).split('\n')[0], '█'.repeat(41));
  });

  it('seal a directory, and open it by environment, file or question, never by an argument', async () => {
    const made = await ann.run(['init', '--seal'], { secrets: ['horse', 'horse'] });
    assert.equal(made.exitCode, EXIT.ok);
    const locked = await ann.run(['id']);
    assert.equal(locked.exitCode, EXIT.noPermission);
    assert.match(
      locked.err,
      /data is sealed with a passphrase\. Set TOX_ASYNC_PASSPHRASE, or use --passphrase-file/,
    );
    await writeFile(path.join(ann.folder, 'secret'), 'horse\n');
    for (const opened of [
      await ann.run(['id'], { env: { TOX_ASYNC_PASSPHRASE: 'horse' } }),
      await ann.run(['id', '--passphrase-file', 'secret']),
      await ann.run(['id'], { env: { TOX_ASYNC_PASSPHRASE_FILE: 'secret' } }),
      await ann.run(['id'], { secrets: ['horse'] }),
    ]) {
      assert.equal(opened.out, made.out);
    }
    assert.equal((await ann.run(['id'], { secrets: ['cow'] })).exitCode, EXIT.noPermission);
    assert.equal((await ann.run(['id', '--passphrase', 'horse'])).exitCode, EXIT.usage);
    assert.equal((await ann.run(['id', '--passphrase-file', 'none'])).exitCode, EXIT.noInput);
  });

  it('seal nothing when the two passphrases differ', async () => {
    const made = await ann.run(['init', '--seal'], { secrets: ['horse', 'house'] });
    assert.equal(made.exitCode, EXIT.noPermission);
    assert.equal((await ann.run(['id'])).exitCode, EXIT.config);
  });

  it('carry identity and friends to another directory, sealed', async () => {
    const { out } = await ann.run(['init']);
    const friend = (await other.run(['init'])).out.slice(0, 64).toLowerCase();
    await other.end();
    assert.equal((await ann.run(['friends', 'accept', friend, '--name', 'Friend'])).exitCode, EXIT.ok);
    const unasked = await ann.run(['backup', 'copy.tox']);
    assert.equal(unasked.exitCode, EXIT.noPermission);
    assert.match(unasked.err, /Set TOX_ASYNC_BACKUP_PASSPHRASE, or use --plain/);
    const short = await ann.run(['backup', 'copy.tox'], { secrets: ['horse', 'horse'] });
    assert.equal(short.exitCode, EXIT.noPermission);
    assert.match(short.err, /too short. Use at least 8 characters/);
    const env = { TOX_ASYNC_BACKUP_PASSPHRASE: 'a strong horse' };
    assert.equal((await ann.run(['backup', 'copy.tox'], { env })).exitCode, EXIT.ok);
    assert.equal((await ann.run(['backup', 'copy.tox'], { env })).exitCode, EXIT.cannotCreate);

    const locked = await ann.run(['restore', 'copy.tox', '--data', 'new']);
    assert.equal(locked.exitCode, EXIT.noPermission);
    const restored = await ann.run(['restore', 'copy.tox', '--data', 'new'], { secrets: ['a strong horse'] });
    assert.equal(restored.out, out);
    assert.equal((await ann.run(['friends', '--data', 'new'])).out, `${friend}  offline  Friend\n`);
    const onto = await ann.run(['restore', 'copy.tox', '--data', 'new'], { env });
    assert.equal(onto.exitCode, EXIT.cannotCreate);
  });

  it('leave a backup plain when asked to, and restore it', async () => {
    const { out } = await ann.run(['init']);
    assert.equal((await ann.run(['backup', 'plain.tox', '--plain'])).exitCode, EXIT.ok);
    assert.equal((await ann.run(['restore', 'plain.tox', '--data', 'new'])).out, out);
    const none = await ann.run(['restore', 'none.tox', '--data', 'newer']);
    assert.equal(none.exitCode, EXIT.noInput);
    assert.match(none.err, /^tox-async: The backup cannot be read: ENOENT: no such file or directory, /);
    await writeFile(path.join(ann.folder, 'noise.tox'), 'noise');
    const noise = await ann.run(['restore', 'noise.tox', '--data', 'newer']);
    assert.equal(noise.exitCode, EXIT.data);
    assert.match(noise.err, /noise\.tox is neither a backup nor the profile of a Tox client/);
    assert.equal((await ann.run(['id', '--data', 'newer'])).exitCode, EXIT.config, 'nothing was made');
  });
});
