import assert from 'node:assert/strict';
import { generateKeyPair, chooseCryptoProvider, systemPlatform, toHex } from '../../../lib/index';
import type { SessionSummary, SessionView } from '../../../nodes/sidebar/view';
import { AdminApi } from '../support/admin-api';
import { THREE, withChange } from '../support/flows';
import { managerOf, met, NodeRed, sessionOf, until } from '../support/node-red';

const PASSPHRASE = 'correct horse battery staple';
const TEXT = 'the cellar is under water';
const TOPIC = 'alarm-of-the-cellar';

describe('What the editor gets', function () {
  this.timeout(30_000);
  let red: NodeRed;
  let api: AdminApi;
  let answers: string;
  const { secretKey } = generateKeyPair(chooseCryptoProvider(), systemPlatform.random);

  before(async () => {
    api = new AdminApi();
    const credentials = { passphrase: PASSPHRASE, identity: toHex(secretKey) };
    red = await NodeRed.start(THREE, undefined, api.module);
    await red.deploy(withChange(THREE, 'device-session', { credentials, dataDir: 'device' }));
    await met(red, 'device-session', 'phone-session', 'home-session');
    await red.turn('phone-net', 'phone-net-out', 'disconnect');
    red.send('send', { payload: TEXT, topic: TOPIC, friend: 'phone' });
    await until('home has it', () => sessionOf(red, 'device-session').open?.counts().stored === 1);
    // It also waits in an inbox: nobody takes it there.
    await red.deploy(
      withChange(THREE, 'device-session', { credentials, dataDir: 'device' }).filter(
        ({ id }) => id !== 'receive',
      ),
    );
    await red.turn('phone-net', 'phone-net-out', 'connect');
    await until('phone has it', () => sessionOf(red, 'phone-session').open?.counts().waiting === 1);
    red.send('send', { payload: TEXT, topic: TOPIC, friend: 'home' });
    const all = await api.request('sessions');
    const list = JSON.parse(all.text) as SessionSummary[];
    const parts = [all.text, (await api.request('metrics')).text];
    for (const { id } of list) {
      for (const part of ['', '/qr', '/history']) {
        parts.push((await api.request(`sessions/${id}${part}`)).text);
      }
    }
    answers = parts.join('\n');
  });

  after(async () => {
    await api.stop();
    await red.stop();
  });

  it('has the session that has secrets, and the message that waits', async () => {
    const view = await api.get<SessionView>('sessions/phone-session');
    assert.deepEqual(
      view.open?.inbox.map(({ friendName, state, count }) => [friendName, state, count]),
      [['device', 'waiting', 1]],
    );
    const ages = view.open.inbox.map(({ age }) => age);
    assert.ok(
      ages.every((age) => age >= 0 && age < 600),
      `seconds since it came, and no time of a clock: ${ages.join()}`,
    );
    assert.ok(answers.includes((await managerOf(red, 'device-session')).toxId));
  });

  it('has no secret key, in no form, and no passphrase', () => {
    const bytes = Buffer.from(secretKey);
    for (const form of [toHex(secretKey), bytes.toString('base64'), bytes.toString('base64url')]) {
      assert.ok(!answers.toLowerCase().includes(form.toLowerCase()));
    }
    assert.ok(!answers.includes(PASSPHRASE));
  });

  it('has nothing of what messages say, not even their topic', () => {
    for (const word of [
      TEXT,
      TOPIC,
      Buffer.from(TEXT).toString('hex'),
      Buffer.from(TEXT).toString('base64'),
    ]) {
      assert.ok(!answers.includes(word), word);
    }
  });

  it('draws the Tox ID as a QR code', async () => {
    const { toxId, rows } = await api.get<{ toxId: string; rows: string[] }>('sessions/home-session/qr');
    assert.equal(toxId, (await managerOf(red, 'home-session')).toxId);
    assert.equal(rows.length, 33);
    for (const row of rows) assert.match(row, /^[01]{33}$/);
  });
});
