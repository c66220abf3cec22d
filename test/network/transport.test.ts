import { describeOnTox } from './support/namespace';
import { transportSuite } from '../../lib/testing/transport/transport-suite';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { makePair } from './support/tox-party';
import { CONNECT_MS, until } from './support/until';

describeOnTox('libtoxcore', function () {
  this.timeout(CONNECT_MS + 10_000);
  transportSuite({ describe, it, after }, 'libtoxcore', async () => {
    const daemon = await BootstrapDaemon.start();
    // The process is not missed by its own side: nobody ends it while it stands still.
    const [a, b] = makePair({ bootstrap: [daemon.node] }, { after: () => ({ cancel() {} }) });
    const signal = (name: NodeJS.Signals) => b.transport.childPid && process.kill(b.transport.childPid, name);
    return {
      a: a.transport,
      b: b.transport,
      until,
      silence: () => signal('SIGSTOP'),
      close: async () => {
        signal('SIGCONT');
        await a.transport.stop();
        await b.transport.stop();
        await daemon.stop();
      },
    };
  });
});
