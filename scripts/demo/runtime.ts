import { NodeRedProcess } from '../support/node-red/node-red-process';
import { ROOT } from '../support/project';
import { EditorComms } from './editor-comms';
import { type FlowNode, NODES } from './example';

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

export interface RuntimeOptions {
  readonly userDir: string;
  /** Where the flow takes alerts over HTTP. */
  readonly alertPath: string;
  /** Longest wait for anything that the runtime shows; a minute when absent. */
  readonly limitMs?: number;
}

/** One run of Node-RED with the example, used as a user uses it: by its buttons, its HTTP path and its editor. */
export class Runtime {
  readonly red: NodeRedProcess;
  readonly #comms: EditorComms;
  readonly #alertPath: string;

  private constructor(red: NodeRedProcess, comms: EditorComms, alertPath: string) {
    this.red = red;
    this.#comms = comms;
    this.#alertPath = alertPath;
  }

  /** Starts Node-RED in `userDir`, its flows held back so that nothing they do goes unseen. */
  static async start({ userDir, alertPath, limitMs }: RuntimeOptions): Promise<Runtime> {
    const red = await NodeRedProcess.start({ userDir, settings: { nodesDir: [ROOT], safeMode: true } });
    try {
      return new Runtime(red, await EditorComms.connect(red.url, limitMs), alertPath);
    } catch (error) {
      await red.kill();
      throw error;
    }
  }

  deploy(flow: readonly FlowNode[]): Promise<void> {
    return this.red.deploy(flow);
  }

  /** Starts the flows as the last run left them. */
  startFlows(): Promise<void> {
    return this.red.startSavedFlows();
  }

  /** Presses the button of an inject node. */
  async press(button: string): Promise<void> {
    await this.red.request(`/inject/${button}`, { method: 'POST' });
  }

  /** Where alerts are posted to. */
  get alertUrl(): string {
    return this.red.url + this.#alertPath;
  }

  /** Posts an alert from outside, as `curl -d text=…` does. */
  async alert(text: string): Promise<Receipt> {
    const response = await this.red.request(this.#alertPath, {
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
