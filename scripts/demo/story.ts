import assert from 'node:assert/strict';
import path from 'node:path';
import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { NODES } from './example';
import { Evidence } from './evidence';
import type { Receipt } from './runtime';
import type { Stage } from './stage';
import { short, type Transcript } from './transcript';

const GREETING = 'All three are online: this goes straight to the phone';
const ALERT = 'Water in the cellar: 4 cm and rising';
const SECOND_ALERT = 'The pump is running: 1 cm left';

/** The demo from the first start to the last, on whatever network the stage has. */
export class Story {
  readonly #transcript: Transcript;
  readonly #stage: Stage;
  readonly #evidence: Evidence;

  /** @param scratch a folder for everything that the demo leaves on the disk */
  constructor(transcript: Transcript, stage: Stage, scratch: string) {
    this.#transcript = transcript;
    this.#stage = stage;
    this.#evidence = new Evidence(
      (storageNode) => stage.folderOf(storageNode),
      path.join(scratch, 'copies'),
      chooseCryptoProvider(),
      transcript,
    );
  }

  async tell(): Promise<void> {
    const t = this.#transcript;

    t.begin(this.#stage.opening);
    await this.#stage.start();
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
    assert.equal(this.#stage.phone.alerts.length, 1, 'The Phone got the alert while it was offline.');
    for (const runtime of this.#stage.runtimes) {
      t.tell(`SIGKILL to process ${runtime.red.pid}: no handler runs, nothing is saved`);
      await runtime.kill();
    }
    await this.#evidence.storedRecord();
    await this.#evidence.oneTimeKeyOnDisk();

    t.begin('Node-RED starts again');
    await this.#stage.start();
    await this.#stage.home.badge(NODES.homeNetwork, 'online 0/2');
    await this.#stage.phone.badge(NODES.phoneNetwork, 'offline');
    await this.#stage.device.badge(NODES.deviceNetwork, 'offline');
    t.tell('Home Pi: online; Phone and Device: offline, as they were');

    t.begin('The phone comes online, and the device is still away');
    await this.#phoneOn('online 1/2');
    await this.#receives(1, ALERT, 'stored');
    await this.#evidence.oneTimeKeyErased();
    await this.#evidence.envelopeDeleted(this.#stage.home.red);

    t.begin('The device comes online');
    await this.#deviceOn();
    await this.#hears(1, 'delivered');
    this.#saw([ALERT], ['delivered']);

    t.begin('Node-RED restarts once more, and nothing comes twice');
    await this.#stop();
    t.tell('stopped');
    await this.#stage.start();
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
    await this.#stop();
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#stage.runtimes.map((runtime) => runtime.stop()));
  }

  async #everybodyOnline(): Promise<void> {
    const { device, phone, home } = this.#stage;
    await device.badge(NODES.deviceNetwork, 'online 2/2');
    await phone.badge(NODES.phoneNetwork, 'online 2/2');
    await home.badge(NODES.homeNetwork, 'online 2/2');
    this.#transcript.tell('Device, Phone and Home Pi: online 2/2');
  }

  async #post(text: string): Promise<Receipt> {
    const { device } = this.#stage;
    this.#transcript.tell(`curl -d text="${text}" ${device.alertUrl}`);
    const receipt = await device.alert(text);
    const reason = receipt.reason === undefined ? '' : ` (${receipt.reason})`;
    this.#transcript.tell(`receipt: ${receipt.state}${reason}, message ${short(receipt.messageId)}`);
    return receipt;
  }

  async #phoneOff(): Promise<void> {
    await this.#stage.phone.press(NODES.phoneOff);
    await this.#stage.phone.badge(NODES.phoneNetwork, 'offline');
    await this.#stage.device.badge(NODES.deviceNetwork, 'online 1/2');
    this.#transcript.tell('Phone: offline; the Device sees it');
  }

  async #deviceOff(): Promise<void> {
    await this.#stage.device.press(NODES.deviceOff);
    await this.#stage.device.badge(NODES.deviceNetwork, 'offline');
    await this.#stage.home.badge(NODES.homeNetwork, 'online 0/2');
    this.#transcript.tell('Device: offline; only the Home Pi is left');
  }

  async #phoneOn(badge: string): Promise<void> {
    await this.#stage.phone.press(NODES.phoneOn);
    await this.#stage.phone.badge(NODES.phoneNetwork, badge);
    this.#transcript.tell(`Phone: ${badge}`);
  }

  async #deviceOn(): Promise<void> {
    await this.#stage.device.press(NODES.deviceOn);
    await this.#stage.device.badge(NODES.deviceNetwork, 'online 2/2');
    this.#transcript.tell('Device: online 2/2');
  }

  async #receives(count: number, text: string, via: string): Promise<void> {
    const alert = await this.#stage.phone.received(count);
    assert.equal(alert.payload, text, 'The Phone got another text.');
    assert.equal(alert.via, via, 'The alert came another way.');
    assert.equal(alert.redelivered, undefined, 'The alert came as one handed over before.');
    this.#transcript.tell(
      `Phone, from ${alert.friendName ?? 'nobody'}: "${alert.payload}", via: "${alert.via}"`,
    );
  }

  async #hears(count: number, outcome: string): Promise<void> {
    assert.equal(await this.#stage.device.outcome(count), outcome, 'The Device heard another outcome.');
    this.#transcript.tell(`Device, outcome: ${outcome}`);
  }

  /** All that the flows of this run have got. */
  #saw(alerts: string[], outcomes: string[]): void {
    const texts = this.#stage.phone.alerts.map(({ payload }) => payload);
    assert.deepEqual(texts, alerts, 'The Phone got something else, too.');
    assert.deepEqual(this.#stage.device.outcomes, outcomes, 'The Device heard something else, too.');
  }
}
