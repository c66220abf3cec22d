import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import { systemTimers } from '../../../../lib/platform/timers';
import {
  completeSettings,
  nodesLeftOut,
  type ToxcoreSettings,
} from '../../../../lib/transport/toxcore/toxcore-settings';
import { Supervisor } from '../../../../lib/transport/toxcore/parent/supervisor';
import { silentLogger } from '../../../../lib/types';

const proxy = { type: 'socks5', host: '127.0.0.1', port: 9050 } as const;
const complete = (settings: Partial<ToxcoreSettings>) => completeSettings({ bootstrap: [], ...settings });

describe('settings of libtoxcore', () => {
  it('use UDP and no broadcast when nothing is said', () => {
    const { udp, localDiscovery } = complete({});
    assert.deepEqual({ udp, localDiscovery }, { udp: true, localDiscovery: false });
  });

  it('use TCP only when a proxy is named: UDP would go around it', () => {
    assert.equal(complete({ proxy }).udp, false);
  });

  const node = (host: string) => ({ host, port: 33445, key: 'ab'.repeat(32) });
  const mixed = [node('tox.example'), node('192.0.2.1'), node('2001:db8::1'), node('192.0.2')];

  it('leave out nodes given by name when a proxy is named: looking them up would go around it', () => {
    assert.deepEqual(nodesLeftOut(complete({ proxy, bootstrap: mixed })), ['tox.example', '192.0.2']);
    assert.deepEqual(nodesLeftOut(complete({ bootstrap: mixed })), []);
  });

  it('say at the start which nodes are left out', async () => {
    const warnings: string[] = [];
    const log = { ...silentLogger, warn: (text: string) => warnings.push(text) };
    const supervisor = new Supervisor({
      settings: complete({ proxy, bootstrap: mixed, library: '/not/there.so' }),
      timers: systemTimers,
      log,
      savedata: () => new Uint8Array(),
      onOpened: () => undefined,
      onEvents: () => undefined,
      onLost: () => undefined,
    });
    await assert.rejects(supervisor.start());
    assert.deepEqual(warnings.filter((text) => text.includes('left out: tox.example, 192.0.2.')).length, 1);
  });

  const refused: [why: string, settings: Partial<ToxcoreSettings>, text: RegExp][] = [
    ['UDP beside a proxy', { proxy, udp: true }, /bypass the proxy/],
    ['broadcasts beside a proxy', { proxy, localDiscovery: true }, /bypass the proxy/],
    ['nodes by name alone beside a proxy', { proxy, bootstrap: [node('tox.example')] }, /by address/],
    ['a proxy without a host', { proxy: { ...proxy, host: '' } }, /needs a host/],
    ['a host name too long for libtoxcore', { proxy: { ...proxy, host: 'x'.repeat(256) } }, /needs a host/],
    ['a proxy port out of range', { proxy: { ...proxy, port: 0 } }, /port of the proxy .* 1 to 65535, not 0/],
    ['a UDP port out of range', { ports: { first: 1, last: 65_536 } }, /last UDP port .* not 65536/],
    ['a UDP port that is no number', { ports: { first: Number.NaN, last: 2 } }, /first UDP port/],
    ['a range the wrong way round', { ports: { first: 3, last: 2 } }, /Swap them/],
    ['a relay port out of range', { relayPort: 1.5 }, /TCP relay/],
  ];
  for (const [why, settings, text] of refused) {
    it(`refuse ${why}`, () => {
      assert.throws(
        () => complete(settings),
        (error) => ToxAsyncError.is(error, 'ErrInvalidArgument') && text.test(error.message),
      );
    });
  }
});
