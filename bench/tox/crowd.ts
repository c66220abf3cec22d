/** Many friends of the measured process, all online, in one process of their own: libtoxcore alone, each with one friend. */
import { loadLibrary } from '../../lib/transport/toxcore/binding/library-loader';
import { readEvents } from '../../lib/transport/toxcore/binding/tox-events';
import { bindFunctions } from '../../lib/transport/toxcore/binding/tox-functions';
import { ToxHandle } from '../../lib/transport/toxcore/binding/tox-handle';
import { openTox } from '../../lib/transport/toxcore/binding/tox-open';
import { completeSettings, type ToxcoreSettings } from '../../lib/transport/toxcore/toxcore-settings';

export interface CrowdStart {
  readonly settings: ToxcoreSettings;
  /** One for each. */
  readonly profiles: readonly Uint8Array[];
}

/** Outside of the range in which the measured process looks for its own. */
const FIRST_PORT = 20_000;
const BOOTSTRAP_MS = 3_000;

const online = new Set<number>();

function run({ settings, profiles }: CrowdStart): void {
  const functions = bindFunctions(loadLibrary());
  for (const [i, profile] of profiles.entries()) {
    const port = FIRST_PORT + i;
    const own = completeSettings({ ...settings, ports: { first: port, last: port } });
    const tox = new ToxHandle(functions, openTox(functions, own, profile));
    let asked = -Infinity;
    const turn = () => {
      tox.iterate((f, pointer) => {
        for (const event of readEvents(f, pointer).connections) {
          if (event.online) online.add(i);
          else online.delete(i);
        }
      });
      if (!online.has(i) && performance.now() - asked > BOOTSTRAP_MS) {
        asked = performance.now();
        for (const { host, port: at, key } of own.bootstrap) tox.bootstrap(host, at, Buffer.from(key, 'hex'));
      }
      setTimeout(turn, tox.interval);
    };
    turn();
  }
}

process.on('message', (order: CrowdStart | 'count') => {
  if (order === 'count') process.send?.(online.size);
  else run(order);
});
process.on('disconnect', () => process.exit());
