import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import helper from 'node-red-node-test-helper';
import type { Node, NodeAPI } from 'node-red';
import type { AsyncManager } from '../../../lib/index';
import prekeyExchange from '../../../nodes/prekey-exchange';
import receiveAsync from '../../../nodes/receive-async';
import sendAsync from '../../../nodes/send-async';
import type { Session } from '../../../nodes/session/session';
import { sessions } from '../../../nodes/session/session-registry';
import type { SessionNode } from '../../../nodes/session/session-user';
import storageNode from '../../../nodes/storage-node';
import toxTransport from '../../../nodes/tox-transport';
import { startGuarded } from '../../../nodes/runtime/handlers/start-guard';
import type { Runtime } from '../../../nodes/runtime/runtime';
import {
  startToxTransport,
  type MakeTransport,
  type ToxTransportConfig,
} from '../../../nodes/tox-transport/tox-transport';
import { Recorder, type Seen } from './probe';

export type FlowEntry = { id: string; type: string } & Record<string, unknown>;
type DeployType = 'full' | 'flows' | 'nodes';

const NODES = [storageNode, sendAsync, receiveAsync, prekeyExchange];

/** tox-transport with another libtoxcore. */
function toxTransportWith(make: MakeTransport) {
  return (RED: Runtime): void => {
    RED.nodes.registerType('tox-transport', function (this: Node, config: ToxTransportConfig) {
      RED.nodes.createNode(this, config);
      startGuarded(RED, this, () => startToxTransport(RED, this, config, make));
    });
  };
}

/** The Node-RED runtime with the five nodes, the real core, and a user directory of its own. */
export class NodeRed {
  readonly userDir: string;
  readonly probes = new Recorder();

  private constructor(userDir: string) {
    this.userDir = userDir;
  }

  /**
   * @param make makes libtoxcore's transports, in place of the real one
   * @param more node types that only this test has
   */
  static start(
    flow: FlowEntry[],
    make?: MakeTransport,
    ...more: ((RED: NodeAPI) => void)[]
  ): Promise<NodeRed> {
    return this.startWith({}, flow, make, ...more);
  }

  /** @param settings of settings.js */
  static async startWith(
    settings: object,
    flow: FlowEntry[],
    make?: MakeTransport,
    ...more: ((RED: NodeAPI) => void)[]
  ): Promise<NodeRed> {
    const red = new NodeRed(await mkdtemp(path.join(tmpdir(), 'tox-async-nodes-')));
    helper.settings({ userDir: red.userDir, ...settings });
    const started = once(helper._events, 'flows:started');
    const transport = make === undefined ? toxTransport : toxTransportWith(make);
    await helper.load([...NODES, transport, red.probes.module, ...more], flow);
    await started;
    return red;
  }

  /** @param flow entries may have `credentials`, as an editor sends them */
  async deploy(flow: FlowEntry[], type: DeployType = 'full'): Promise<void> {
    const started = once(helper._events, 'flows:started');
    await helper._redNodes.setFlows(flow, {}, type, true);
    await started;
  }

  node(id: string): Node {
    return helper.getNode(id);
  }

  /** Puts a message into a node. */
  send(id: string, msg: Record<string, unknown>): void {
    this.node(id).receive(msg);
  }

  wait(probe: string, matches?: (msg: Seen) => boolean, ms?: number): Promise<Seen> {
    return this.probes.wait(probe, matches, ms);
  }

  /** The next status of this text (or form) that a Status node wired to `probe` hears of a node. */
  status(probe: string, id: string, text: string | RegExp): Promise<Seen> {
    return this.wait(probe, ({ status }) => {
      if (status.source.id !== id) return false;
      return typeof text === 'string' ? status.text === text : text.test(status.text ?? '');
    });
  }

  /** The error of this code that a Catch node wired to `probe` hears of a node. */
  caught(probe: string, id: string, code: string): Promise<Seen> {
    return this.wait(probe, ({ error }) => error.source.id === id && error.code === code);
  }

  /** Takes the session of a tox-transport offline or online again; resolves with the answer at `probe`. */
  async turn(transport: string, probe: string, action: 'connect' | 'disconnect'): Promise<Seen> {
    const _msgid = `${transport} ${action} ${Math.random()}`;
    this.send(transport, { _msgid, action });
    return this.wait(probe, (msg) => msg._msgid === _msgid);
  }

  /** Lines that the runtime logged for a node since it started. */
  logOf(id: string): string[] {
    const events = helper.log().args as [{ id?: string; msg?: unknown }][];
    return events.flatMap(([event]) => (event.id === id && typeof event.msg === 'string' ? [event.msg] : []));
  }

  /** Removes the flows, so that their sessions close, and the user directory. */
  async stop(): Promise<void> {
    const open = [...sessions.all().values()];
    await this.deploy([]);
    // The runtime waits for a close, but not for ever.
    await Promise.allSettled(open.map((session) => session.close()));
    await helper.unload();
    await rm(this.userDir, { recursive: true, force: true });
  }
}

/** The session of a storage-node as its users have it. */
export function sessionOf(red: NodeRed, id: string): Session {
  const { session } = red.node(id) as SessionNode;
  assert.ok(session, `${id} has a session`);
  return session;
}

/** The same, for looking into the core. */
export function managerOf(red: NodeRed, id: string): Promise<AsyncManager> {
  return sessionOf(red, id).manager();
}

/** Looks every few milliseconds until `isTrue`. */
export async function until(what: string, isTrue: () => boolean, ms = 8_000): Promise<void> {
  const end = Date.now() + ms;
  while (!isTrue()) {
    if (Date.now() > end) throw new assert.AssertionError({ message: `it never came about: ${what}` });
    await delay(10);
  }
}

/** Waits until these sessions have met: each has keys of all others, and knows where they poll. */
export async function met(red: NodeRed, ...ids: string[]): Promise<void> {
  const managers = await Promise.all(ids.map((id) => managerOf(red, id)));
  for (const manager of managers) {
    const isReady = () =>
      manager.friends().filter(({ session }) => session).length >= managers.length - 1 &&
      managers.every((other) => other === manager || manager.canSendAsyncMessage(other.publicKey));
    await until('all have sessions and keys', isReady);
  }
  // Where a friend polls it says in its next state, at most a second later.
  await delay(1_100);
}
