import { NodeRedProcess } from '../support/node-red-process';
import { ROOT } from '../support/project';
import { EditorComms } from './editor-comms';
import { type Example, NODES } from './example';

/** The answer to a posted alert: the receipt. */
export interface Receipt {
  readonly messageId: string;
  /** Public key of the recipient. */
  readonly friend: string;
  readonly state: string;
  readonly reason?: string;
}

/** An alert as the Phone's flow gets it. */
export interface Alert {
  readonly payload: string;
  readonly friendName?: string;
  readonly messageId: string;
  readonly via: string;
  readonly redelivered?: boolean;
}

/** One run of Node-RED with the example, used as a user uses it: by its buttons, its HTTP path and its editor. */
export class Runtime {
  readonly red: NodeRedProcess;
  readonly #comms: EditorComms;
  readonly #example: Example;

  private constructor(red: NodeRedProcess, comms: EditorComms, example: Example) {
    this.red = red;
    this.#comms = comms;
    this.#example = example;
  }

  /** Starts Node-RED in `userDir`, its flows held back so that nothing they do goes unseen. */
  static async start(userDir: string, example: Example): Promise<Runtime> {
    const red = await NodeRedProcess.start({ userDir, settings: { nodesDir: [ROOT], safeMode: true } });
    try {
      return new Runtime(red, await EditorComms.connect(red.url), example);
    } catch (error) {
      await red.kill();
      throw error;
    }
  }

  /** Imports the example and deploys it. */
  deployExample(): Promise<void> {
    return this.red.deploy(this.#example.flow);
  }

  /** Starts the flows as the last run left them. */
  startFlows(): Promise<void> {
    return this.red.startSavedFlows();
  }

  /** Presses the button of an inject node. */
  async press(button: string): Promise<void> {
    await this.red.request(`/inject/${button}`, { method: 'POST' });
  }

  /** Posts an alert from outside, as `curl -d text=…` does. */
  async alert(text: string): Promise<Receipt> {
    const response = await this.red.request(this.#example.alertPath, {
      method: 'POST',
      body: new URLSearchParams({ text }),
    });
    return (await response.json()) as Receipt;
  }

  badge(node: string, text: string): Promise<void> {
    return this.#comms.badge(node, text);
  }

  /** The `count`-th outcome that the Device's flow hears in this run. */
  async outcome(count: number): Promise<string> {
    return String(await this.#comms.nth(NODES.outcomes, count));
  }

  get outcomes(): readonly string[] {
    return this.#comms.shown(NODES.outcomes).map(String);
  }

  /** The `count`-th alert that the Phone's flow gets in this run. */
  async received(count: number): Promise<Alert> {
    return (await this.#comms.nth(NODES.alerts, count)) as Alert;
  }

  get alerts(): readonly Alert[] {
    return this.#comms.shown(NODES.alerts) as Alert[];
  }

  /** As a power cut does it. */
  async kill(): Promise<void> {
    await this.red.kill();
    this.#comms.close();
  }

  /** As `systemctl stop` does it. */
  async stop(): Promise<void> {
    await this.red.stop();
    this.#comms.close();
  }
}
