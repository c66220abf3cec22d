import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BootstrapNode } from '../../lib/index';
import { dataDirectory, EXAMPLE, type Example, type FlowNode, NODES } from './example';
import { Runtime } from './runtime';
import type { Stage } from './stage';
import { short, type Transcript } from './transcript';

/** A connection over real Tox takes 10 s as a rule, and now and then 90. */
const LIMIT_MS = 180_000;

const SESSIONS = [NODES.device, NODES.phone, NODES.home];

/** Each of the three in a Node-RED of its own, on the real Tox network. */
export class ToxStage implements Stage {
  readonly opening = `Start a Node-RED for each of the three in ${EXAMPLE}, on real Tox`;
  readonly #transcript: Transcript;
  readonly #example: Example;
  readonly #scratch: string;
  readonly #entrance: BootstrapNode;
  readonly #runtimes = new Map<string, Runtime>();
  #isDeployed = false;

  /**
   * @param scratch a folder for everything that the demo leaves on the disk
   * @param entrance the node by which they find the network
   */
  constructor(transcript: Transcript, example: Example, scratch: string, entrance: BootstrapNode) {
    this.#transcript = transcript;
    this.#example = example;
    this.#scratch = scratch;
    this.#entrance = entrance;
  }

  get device(): Runtime {
    return this.#of(NODES.device);
  }

  get phone(): Runtime {
    return this.#of(NODES.phone);
  }

  get home(): Runtime {
    return this.#of(NODES.home);
  }

  get runtimes(): readonly Runtime[] {
    return [...this.#runtimes.values()];
  }

  async start(): Promise<void> {
    await Promise.all(SESSIONS.map((session) => this.#startOne(session)));
    if (this.#isDeployed) await Promise.all(this.runtimes.map((runtime) => runtime.startFlows()));
    else await this.#introduce();
    this.#isDeployed = true;
  }

  folderOf(storageNode: string): string {
    return dataDirectory(this.#userDir(storageNode), storageNode);
  }

  async #startOne(session: string): Promise<void> {
    const userDir = this.#userDir(session);
    await mkdir(userDir, { recursive: true });
    await writeFile(path.join(userDir, 'first-nodes.json'), JSON.stringify({ nodes: [this.#entrance] }));
    const { alertPath } = this.#example;
    const runtime = await Runtime.start({ userDir, alertPath, limitMs: LIMIT_MS });
    this.#runtimes.set(session, runtime);
    this.#transcript.tell(`${this.#nameOf(session)}: ${runtime.red.url}, process ${runtime.red.pid}`);
  }

  /** Each makes its identity, then gets the Tox IDs of the other two into its friends list. */
  async #introduce(): Promise<void> {
    const friends = await Promise.all(
      SESSIONS.map(async (session) => {
        const { red } = this.#of(session);
        await red.deploy(this.#part(session, []));
        const { text } = await red.waitForLog(/Tox ID [0-9A-F]{76}/);
        return { session, name: this.#nameOf(session), key: /Tox ID (\w+)/.exec(text)?.[1] ?? '' };
      }),
    );
    for (const { name, key } of friends) this.#transcript.tell(`${name} has Tox ID ${short(key)}`);
    for (const session of SESSIONS) {
      const others = friends.filter((friend) => friend.session !== session);
      await this.#of(session).deploy(
        this.#part(
          session,
          others.map(({ name, key }) => ({ name, key })),
        ),
      );
    }
    this.#transcript.tell('each has the Tox IDs of the other two in its friends list');
  }

  /** The example as it is, but without what is the others', and on Tox. */
  #part(session: string, friends: readonly { name: string; key: string }[]): FlowNode[] {
    const isOthers = ({ id, type, storageNode }: FlowNode) =>
      (type === 'storage-node' && id !== session) || (storageNode !== undefined && storageNode !== session);
    const mine = this.#example.flow.filter((node) => !isOthers(node));
    const ids = new Set(mine.map(({ id }) => id));
    return mine.map((node) => ({
      ...node,
      ...(node.wires && { wires: node.wires.map((wire) => wire.filter((id) => ids.has(id))) }),
      ...(node.type === 'storage-node' && { friends }),
      ...(node.type === 'tox-transport' && { mode: 'libtoxcore', bootstrap: 'first-nodes.json' }),
    }));
  }

  #userDir(session: string): string {
    return path.join(this.#scratch, session);
  }

  #nameOf(session: string): string {
    return this.#example.flow.find(({ id }) => id === session)?.name ?? session;
  }

  #of(session: string): Runtime {
    const runtime = this.#runtimes.get(session);
    if (runtime === undefined) throw new Error(`${session} does not run.`);
    return runtime;
  }
}
