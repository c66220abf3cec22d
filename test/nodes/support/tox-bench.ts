import type { AsyncManager, ToxAsyncError } from '../../../lib/index';
import { FakeTox } from './fake-tox';
import { probe, storageNode, TAB, transport, WATCH } from './flows';
import { managerOf, NodeRed, until, type FlowEntry } from './node-red';

/** The flow of most tests: one session, its transport on libtoxcore, and probes at what comes out of that. */
export const toxFlow = (
  net: Record<string, unknown> = {},
  session: Record<string, unknown> = {},
): FlowEntry[] => [
  TAB,
  ...WATCH,
  storageNode('ann', session),
  transport('net', 'ann-session', { mode: 'libtoxcore', wires: [['out']], ...net }),
  probe('out'),
  { id: 'complete', type: 'complete', z: 'tab', x: 0, y: 0, scope: ['net'], wires: [['completed']] },
  probe('completed'),
];

/** Node-RED with `toxFlow`, on a libtoxcore that the test plays. */
export class ToxBench {
  red!: NodeRed;
  manager!: AsyncManager;
  /** The libtoxcore that the flow began with, and all that were made since. */
  tox!: FakeTox;
  readonly made: FakeTox[] = [];
  /** Why the next starts of libtoxcore fail. */
  failures: ToxAsyncError[] = [];

  /** Starts the flow with these settings of the transport and of the session. */
  async start(...config: Parameters<typeof toxFlow>): Promise<void> {
    this.red = await NodeRed.start(toxFlow(...config), (options) => {
      const fake = new FakeTox(options, this.failures);
      this.made.push(fake);
      return fake;
    });
    this.manager = await managerOf(this.red, 'ann-session');
    await until('there is a transport', () => this.made.length > 0);
    this.tox = this.made[0]!;
  }

  /** The same, until libtoxcore runs. */
  async started(...config: Parameters<typeof toxFlow>): Promise<void> {
    await this.start(...config);
    await until('it runs', () => this.tox.running);
  }

  /** Sends a message to the transport. @returns its answer */
  act(msg: Record<string, unknown>) {
    const _msgid = this.#send(msg);
    return this.red.wait('out', (each) => each._msgid === _msgid);
  }

  /** The same. @returns the error that Catch hears of */
  async failed(msg: Record<string, unknown>) {
    const _msgid = this.#send(msg);
    return (await this.red.wait('errors', (each) => each._msgid === _msgid)).error;
  }

  #send(msg: Record<string, unknown>): string {
    const _msgid = `act ${Math.random()}`;
    this.red.send('net', { _msgid, ...msg });
    return _msgid;
  }
}
