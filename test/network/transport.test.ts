import { describeOnTox } from './support/namespace';
import { transportSuite } from '../lib/transport/transport-suite';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { makePair } from './support/tox-party';
import { CONNECT_MS, until } from './support/until';

describeOnTox('libtoxcore', function () {
  transportSuite(
    'libtoxcore',
    async () => {
      const daemon = await BootstrapDaemon.start();
      const [a, b] = makePair({ bootstrap: [daemon.node] });
      return {
        a: a.transport,
        b: b.transport,
        until,
        close: async () => {
          await a.transport.stop();
          await b.transport.stop();
          await daemon.stop();
        },
      };
    },
    CONNECT_MS + 10_000,
  );
});
