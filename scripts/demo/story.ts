import assert from 'node:assert/strict';
import path from 'node:path';
import { chooseCryptoProvider } from '../../lib/crypto/choose-provider';
import { EXAMPLE, type Example, NODES } from './example';
import { Evidence } from './evidence';
import { type Receipt, Runtime } from './runtime';
import { short, type Transcript } from './transcript';

const GREETING = 'All three are online: this goes straight to the phone';
const ALERT = 'Water in the cellar: 4 cm and rising';
const SECOND_ALERT = 'The pump is running: 1 cm left';

/** The demo from the first start to the last; `runtime` is the Node-RED of the moment. */
export class Story {
  readonly #transcript: Transcript;
  readonly #example: Example;
  readonly #userDir: string;
  readonly #evidence: Evidence;
  #runtime: Runtime | undefined;

  /** @param scratch a folder for everything that the demo leaves on the disk */
  constructor(transcript: Transcript, example: Example, scratch: string) {
    this.#transcript = transcript;
    this.#example = example;
    this.#userDir = path.join(scratch, 'user-dir');
    this.#evidence = new Evidence(
      this.#userDir,
      path.join(scratch, 'copies'),
      chooseCryptoProvider(),
      transcript,
    );
  }

  get runtime(): Runtime | undefined {
    return this.#runtime;
  }

  async tell(): Promise<void> {
    const t = this.#transcript;

    t.begin(`Start Node-RED with ${EXAMPLE}, as it is`);
    await this.#start('example');
    await this.#everybodyOnline();

    t.begin('While all are online, an alert needs no storage');
    await this.#post(GREETING);
    await this.#receives(1, GREETING, 'direct');
    await this.#hears(1, 'delivered');

    t.begin('The phone goes offline');
    await this.#phoneOff();

    t.begin('The alert comes in over HTTP, and goes to the Home Pi');
    const receipt = await this.#post(ALERT);
    await this.#hears(2, 'stored');

    t.begin('What lies on the disk of the Home Pi');
    await this.#evidence.envelopeWithoutText(receipt.friend, ALERT);

    t.begin('The device goes offline too');
    await this.#deviceOff();

    t.begin('Node-RED is killed');
    assert.equal(this.#here.alerts.length, 1, 'The Phone got the alert while it was offline.');
    t.tell(`SIGKILL to process ${this.#here.red.pid}: no handler runs, nothing is saved`);
    await this.#here.kill();
    await this.#evidence.storedRecord();
    await this.#evidence.oneTimeKeyOnDisk();

    t.begin('Node-RED starts again');
    await this.#start('saved');
    await this.#here.badge(NODES.homeNetwork, 'online 0/2');
    await this.#here.badge(NODES.phoneNetwork, 'offline');
    await this.#here.badge(NODES.deviceNetwork, 'offline');
    t.tell('Home Pi: online; Phone and Device: offline, as they were');

    t.begin('The phone comes online, and the device is still away');
    await this.#phoneOn('online 1/2');
    await this.#receives(1, ALERT, 'stored');
    await this.#evidence.oneTimeKeyErased();
    await this.#evidence.envelopeDeleted(this.#here.red);

    t.begin('The device comes online');
    await this.#deviceOn();
    await this.#hears(1, 'delivered');
    this.#saw([ALERT], ['delivered']);

    t.begin('Node-RED restarts once more, and nothing comes twice');
    await this.#here.stop();
    t.tell('stopped');
    await this.#start('saved');
    await this.#everybodyOnline();
    await this.#nothingComesTwice();
  }

  /**
   * A second alert takes the same way as the first: when it is there, the phone has asked the Home Pi for all its
   * mail and the device has heard from both, so whatever would come again has come.
   */
  async #nothingComesTwice(): Promise<void> {
    await this.#phoneOff();
    await this.#post(SECOND_ALERT);
    await this.#hears(1, 'stored');
    await this.#deviceOff();
    await this.#phoneOn('online 1/2');
    await this.#receives(1, SECOND_ALERT, 'stored');
    await this.#deviceOn();
    await this.#hears(2, 'delivered');
    this.#saw([SECOND_ALERT], ['stored', 'delivered']);
    this.#transcript.tell('since this start the second alert came once, and the first one not again');
    await this.#here.stop();
  }

  async #start(flows: 'example' | 'saved'): Promise<void> {
    this.#runtime = await Runtime.start(this.#userDir, this.#example);
    const { red } = this.#runtime;
    if (flows === 'example') await this.#runtime.deployExample();
    else await this.#runtime.startFlows();
    this.#transcript.tell(`${red.url}, process ${red.pid}, user directory ${this.#userDir}`);
  }

  async #everybodyOnline(): Promise<void> {
    for (const node of [NODES.deviceNetwork, NODES.phoneNetwork, NODES.homeNetwork]) {
      await this.#here.badge(node, 'online 2/2');
    }
    this.#transcript.tell('Device, Phone and Home Pi: online 2/2');
  }

  async #post(text: string): Promise<Receipt> {
    this.#transcript.tell(`curl -d text="${text}" ${this.#here.red.url}${this.#example.alertPath}`);
    const receipt = await this.#here.alert(text);
    const reason = receipt.reason === undefined ? '' : ` (${receipt.reason})`;
    this.#transcript.tell(`receipt: ${receipt.state}${reason}, message ${short(receipt.messageId)}`);
    return receipt;
  }

  async #phoneOff(): Promise<void> {
    await this.#here.press(NODES.phoneOff);
    await this.#here.badge(NODES.phoneNetwork, 'offline');
    await this.#here.badge(NODES.deviceNetwork, 'online 1/2');
    this.#transcript.tell('Phone: offline; the Device sees it');
  }

  async #deviceOff(): Promise<void> {
    await this.#here.press(NODES.deviceOff);
    await this.#here.badge(NODES.deviceNetwork, 'offline');
    await this.#here.badge(NODES.homeNetwork, 'online 0/2');
    this.#transcript.tell('Device: offline; only the Home Pi is left');
  }

  async #phoneOn(badge: string): Promise<void> {
    await this.#here.press(NODES.phoneOn);
    await this.#here.badge(NODES.phoneNetwork, badge);
    this.#transcript.tell(`Phone: ${badge}`);
  }

  async #deviceOn(): Promise<void> {
    await this.#here.press(NODES.deviceOn);
    await this.#here.badge(NODES.deviceNetwork, 'online 2/2');
    this.#transcript.tell('Device: online 2/2');
  }

  async #receives(count: number, text: string, via: string): Promise<void> {
    const alert = await this.#here.received(count);
    assert.equal(alert.payload, text, 'The Phone got another text.');
    assert.equal(alert.via, via, 'The alert came another way.');
    assert.equal(alert.redelivered, undefined, 'The alert came as one handed over before.');
    this.#transcript.tell(
      `Phone, from ${alert.friendName ?? 'nobody'}: "${alert.payload}", via: "${alert.via}"`,
    );
  }

  async #hears(count: number, outcome: string): Promise<void> {
    assert.equal(await this.#here.outcome(count), outcome, 'The Device heard another outcome.');
    this.#transcript.tell(`Device, outcome: ${outcome}`);
  }

  /** All that the flows of this run have got. */
  #saw(alerts: string[], outcomes: string[]): void {
    const texts = this.#here.alerts.map(({ payload }) => payload);
    assert.deepEqual(texts, alerts, 'The Phone got something else besides.');
    assert.deepEqual(this.#here.outcomes, outcomes, 'The Device heard something else besides.');
  }

  get #here(): Runtime {
    assert.ok(this.#runtime, 'Node-RED does not run.');
    return this.#runtime;
  }
}
