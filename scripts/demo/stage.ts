import path from 'node:path';
import { dataDirectory, EXAMPLE, type Example } from './example';
import { Runtime } from './runtime';
import type { Transcript } from './transcript';

/** Where the story plays: the Node-RED of each of the three, and what they run in it. */
export interface Stage {
  /** What the first start is, in words. */
  readonly opening: string;
  readonly device: Runtime;
  readonly phone: Runtime;
  readonly home: Runtime;
  /** Each Node-RED once. */
  readonly runtimes: readonly Runtime[];
  /** With the example as it is shipped the first time, then as the last run left it. */
  start(): Promise<void>;
  /** A storage-node's data directory. */
  folderOf(storageNode: string): string;
}

/** All three in one Node-RED, on a virtual network. */
export class VirtualStage implements Stage {
  readonly opening = `Start Node-RED with ${EXAMPLE}, as it is`;
  readonly #transcript: Transcript;
  readonly #example: Example;
  readonly #userDir: string;
  #runtime: Runtime | undefined;
  #isDeployed = false;

  /** @param scratch a folder for everything that the demo leaves on the disk */
  constructor(transcript: Transcript, example: Example, scratch: string) {
    this.#transcript = transcript;
    this.#example = example;
    this.#userDir = path.join(scratch, 'user-dir');
  }

  get device(): Runtime {
    return this.#here;
  }

  get phone(): Runtime {
    return this.#here;
  }

  get home(): Runtime {
    return this.#here;
  }

  get runtimes(): readonly Runtime[] {
    return this.#runtime === undefined ? [] : [this.#runtime];
  }

  async start(): Promise<void> {
    const { alertPath, flow } = this.#example;
    this.#runtime = await Runtime.start({ userDir: this.#userDir, alertPath });
    if (this.#isDeployed) await this.#runtime.startFlows();
    else await this.#runtime.deploy(flow);
    this.#isDeployed = true;
    const { red } = this.#runtime;
    this.#transcript.tell(`${red.url}, process ${red.pid}, user directory ${this.#userDir}`);
  }

  folderOf(storageNode: string): string {
    return dataDirectory(this.#userDir, storageNode);
  }

  get #here(): Runtime {
    if (this.#runtime === undefined) throw new Error('Node-RED does not run.');
    return this.#runtime;
  }
}
