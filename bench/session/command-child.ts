/** `tox-async serve` without Tox: tells its parent how long after the start of the process it serves, milliseconds. */
import { runCommandLine } from '../../bin/run';
import { systemMachine } from '../../bin/system-machine';
import { systemPlatform, VirtualNetwork } from '../../lib/index';

void runCommandLine(process.argv.slice(2), {
  ...systemMachine(),
  stdout: {
    write(text, done) {
      if (text.includes('Serving')) process.send?.(performance.now());
      done();
    },
  },
  connect: ({ publicKey }) => {
    const network = new VirtualNetwork(systemPlatform);
    return Promise.resolve(network.join({ publicKey, name: 'session' }));
  },
}).then((exitCode) => process.exit(exitCode));
