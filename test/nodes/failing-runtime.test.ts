import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import { managerOf, met, NodeRed } from './support/node-red';
import { node, THREE, withChange } from './support/flows';

const OURS = new Set(['storage-node', 'tox-transport', 'send-async', 'receive-async', 'prekey-exchange']);
const METHODS = ['send', 'status', 'error', 'warn', 'log', 'debug'] as const;
type Method = (typeof METHODS)[number];

const FLOW = [
  ...THREE,
  node('prekey-exchange', 'keys', 'device-session', { wires: [[], []] }),
  node('send-async', 'unset', 'no-session', { wires: [[], []] }),
];

/** What nodes get from the runtime, by the names of what fails in it now. */
class FailingRuntime {
  readonly #failing = new Set<Method>();
  readonly #restore: (() => void)[] = [];
  failures = 0;

  constructor(anyNode: Node) {
    // The one that all nodes share: theirs are made again by each deploy.
    const shared = prototypeWith(anyNode, 'status');
    for (const name of METHODS) {
      const own = Reflect.get(shared, name) as (...args: unknown[]) => unknown;
      const fail = this.#fail.bind(this, name);
      Reflect.set(shared, name, function (this: Node, ...args: unknown[]) {
        if (OURS.has(this.type)) fail();
        return own.apply(this, args);
      });
      this.#restore.push(() => Reflect.set(shared, name, own));
    }
  }

  /** From now on each of our nodes that calls one of these gets an error. */
  fail(...names: Method[]): void {
    this.#failing.clear();
    for (const name of names) this.#failing.add(name);
  }

  restore(): void {
    for (const each of this.#restore) each();
  }

  #fail(name: Method): void {
    if (!this.#failing.has(name)) return;
    this.failures += 1;
    throw new Error(`a fault of ${name}`);
  }
}

function prototypeWith(object: object, name: string): object {
  let found = object;
  while (!Object.hasOwn(found, name)) found = Object.getPrototypeOf(found) as object;
  return found;
}

describe('A runtime in which calls of our nodes fail', function () {
  this.timeout(60_000);
  let red: NodeRed;
  let runtime: FailingRuntime;
  const ends: unknown[] = [];
  const note = (error: unknown) => ends.push(error);
  const quiet = () => undefined;

  before(async () => {
    red = await NodeRed.start(FLOW);
    await met(red, 'device-session', 'phone-session', 'home-session');
    runtime = new FailingRuntime(red.node('send'));
    process.on('unhandledRejection', note).on('warning', quiet);
  });

  after(async () => {
    runtime.restore();
    process.off('unhandledRejection', note).off('warning', quiet);
    await red.stop();
  });

  let message = 0;
  /** Each kind of input, good and bad. */
  const inputs = () => {
    message += 1;
    red.send('send', { payload: `text ${message}`, friend: 'phone', topic: 'a' });
    red.send('send', { payload: 'text', friend: ['phone', 'home', 'nobody'] });
    red.send('send', { payload: new Map(), friend: 'phone' });
    red.send('send', { action: 'cancel', messageId: 'x' });
    red.send('unset', { payload: 'text', friend: 'phone' });
    for (const id of ['receive', 'keys', 'phone-net']) red.send(id, { action: 'nonsense' });
    red.send('receive', { action: 'retrieve', again: true });
    for (const action of ['status', 'refresh', 'exchange']) red.send('keys', { action });
    red.send('phone-net', { action: 'list-friends' });
    red.send('phone-net', { action: 'disconnect' });
  };

  for (const failing of [...METHODS.map((name) => [name]), METHODS]) {
    it(`ends no process and hangs in no deploy: ${failing.join(', ')}`, async () => {
      const before = runtime.failures;
      runtime.fail(...failing);
      inputs();
      await red.deploy(withChange(FLOW, 'send', { name: failing.join() }), 'nodes');
      inputs();
      await red.deploy(FLOW);
      red.send('phone-net', { action: 'connect' });
      runtime.fail();
      // It works again afterwards, which also leaves the time for what was under way to fail.
      red.send('phone-net', { action: 'connect' });
      const payload = `after ${failing.join()}`;
      await met(red, 'device-session', 'phone-session', 'home-session');
      red.send('send', { payload, friend: 'phone' });
      await red.wait('received', (msg) => msg.payload === payload);
      assert.ok(await managerOf(red, 'device-session'));
      if (failing.some((name) => ['send', 'status', 'error'].includes(name)))
        assert.ok(runtime.failures > before, 'it did fail');
      assert.deepEqual(ends, []);
    });
  }
});
