import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import { completeSettings, type ToxcoreSettings } from '../../../../lib/transport/toxcore/settings';

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

  const refused: [why: string, settings: Partial<ToxcoreSettings>, text: RegExp][] = [
    ['UDP beside a proxy', { proxy, udp: true }, /go around the proxy/],
    ['broadcasts beside a proxy', { proxy, localDiscovery: true }, /go around the proxy/],
    ['a proxy without a host', { proxy: { ...proxy, host: '' } }, /needs a host/],
    ['a host name too long for libtoxcore', { proxy: { ...proxy, host: 'x'.repeat(256) } }, /needs a host/],
    ['a proxy port out of range', { proxy: { ...proxy, port: 0 } }, /port of the proxy .* 1 to 65535, not 0/],
    ['a UDP port out of range', { ports: { first: 1, last: 65_536 } }, /last UDP port .* not 65536/],
    ['a UDP port that is no number', { ports: { first: Number.NaN, last: 2 } }, /first UDP port/],
    ['a range the wrong way round', { ports: { first: 3, last: 2 } }, /swap them/],
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
