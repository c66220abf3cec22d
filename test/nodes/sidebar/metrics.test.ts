import assert from 'node:assert/strict';
import { toHex } from '../../../lib/index';
import { AdminApi } from '../support/admin-api';
import { THREE } from '../support/flows';
import { managerOf, met, NodeRed, sessionOf, until } from '../support/node-red';

describe('The metrics', function () {
  this.timeout(20_000);
  let red: NodeRed;
  let api: AdminApi;

  before(async () => {
    api = new AdminApi();
    red = await NodeRed.start(THREE, undefined, api.module);
    await met(red, 'device-session', 'phone-session', 'home-session');
    await red.turn('phone-net', 'phone-net-out', 'disconnect');
    red.send('send', { payload: 'leak', friend: 'phone' });
    await until('home has it', () => sessionOf(red, 'device-session').open?.counts().stored === 1);
    await until('it was told', () => sessionOf(red, 'device-session').tally.outcomes.has('stored'));
  });

  after(async () => {
    await api.stop();
    await red.stop();
  });

  const text = async () => (await api.request('metrics')).text;

  it('are text that Prometheus reads: each name once, explained, with samples of every session', async () => {
    const { headers, text: all } = await api.request('metrics');
    assert.match(headers.get('content-type') ?? '', /^text\/plain;.*version=0\.0\.4/);
    const names = [...all.matchAll(/^# HELP (\S+) \S.*\n# TYPE \1 (?:counter|gauge)$/gm)].map(
      ([, name]) => name,
    );
    assert.ok(names.length > 10);
    assert.equal(new Set(names).size, names.length);
    const samples = all.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    for (const sample of samples) {
      assert.match(
        sample,
        /^tox_async_\w+\{session="(device|phone|home)-session"(,\w+="[\w-]+")*\} \d+(\.\d+)?$/,
      );
      assert.ok(names.includes(sample.split('{')[0] ?? ''), sample);
    }
    assert.ok(all.endsWith('\n'));
  });

  it('count outcomes, keys and mail', async () => {
    const all = await text();
    for (const line of [
      'tox_async_session_open{session="device-session"} 1',
      'tox_async_online{session="phone-session"} 0',
      'tox_async_friends{session="device-session",state="online"} 1',
      'tox_async_outbox_messages{session="device-session",state="stored"} 1',
      'tox_async_keys_least{session="device-session",of="theirs"} 99',
      'tox_async_outcomes_total{session="device-session",outcome="stored"} 1',
      'tox_async_kept_messages{session="home-session"} 1',
      'tox_async_stores_refused_total{session="home-session",reason="rate"} 0',
    ]) {
      assert.ok(all.includes(`${line}\n`), `${line} in\n${all}`);
    }
    assert.match(all, /^tox_async_data_folder_bytes\{session="home-session"\} [1-9]\d*$/m);
  });

  it('name no peer', async () => {
    const all = (await text()).toLowerCase();
    for (const id of ['device-session', 'phone-session', 'home-session']) {
      const manager = await managerOf(red, id);
      assert.ok(!all.includes(toHex(manager.publicKey).slice(0, 8)), id);
    }
    const withoutIds = all.replace(/session="[^"]*"/g, '');
    for (const name of ['device', 'phone', 'home']) assert.ok(!withoutIds.includes(name), name);
  });

  it('need the permission to read', async () => {
    api.permissions.length = 0;
    await text();
    assert.deepEqual(api.permissions, ['tox-async.read']);
  });
});
