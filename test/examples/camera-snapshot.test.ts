import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NodeAPI } from 'node-red';
import { SeededRandom } from '../../lib/testing/simulated-platform';
import { startExample } from '../nodes/support/example-flow';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';

const CORE = [
  'common/20-inject',
  'common/25-catch',
  'function/10-switch',
  'function/15-change',
  'network/21-httpin',
];

/** Bytes of a photograph: they begin and end like a JPEG, and nothing deflates them. */
function jpeg(length: number): Buffer<ArrayBuffer> {
  const picture = Buffer.from(new SeededRandom('picture').bytes(length));
  picture.set([0xff, 0xd8, 0xff, 0xe0]);
  picture.set([0xff, 0xd9], length - 2);
  return picture;
}

describe('The example flow camera-snapshot', function () {
  this.timeout(60_000);
  let red: NodeRed;
  let server: Server;
  let url: string;

  const press = (button: string) => red.send(button, {});
  const post = (body: Buffer<ArrayBuffer> | string, type = 'image/jpeg') =>
    fetch(`${url}/camera`, { method: 'POST', headers: { 'content-type': type }, body });
  const snapshot = () => fetch(`${url}/snapshot`);
  const online = async (id: string, count: number) => {
    const manager = await managerOf(red, id);
    await until(`${id} sees ${count}`, () => manager.counts().online === count);
  };

  before(async () => {
    let answer: RequestListener | undefined;
    const listen = (RED: NodeAPI) => {
      answer = RED.httpNode;
    };
    red = await startExample('09-camera-snapshot', { core: CORE, more: [listen] });
    server = createServer(answer).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await met(red, 'cs-camera', 'cs-laptop', 'cs-home');
  });

  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await red.stop();
  });

  it('serves a picture of 150 KB, posted while the laptop was offline, once the laptop is back', async () => {
    const none = await snapshot();
    assert.deepEqual([none.status, await none.text()], [404, 'No picture has arrived yet.']);
    press('cs-off');
    await online('cs-camera', 1);

    const picture = jpeg(150_000);
    const accepted = await post(picture);
    assert.equal(accepted.status, 200);
    const receipt = (await accepted.json()) as { state: string; friendName: string };
    assert.deepEqual([receipt.state, receipt.friendName], ['queued', 'Laptop']);
    await red.wait('cs-outcome', ({ payload }) => payload === 'stored', 30_000);
    assert.deepEqual(red.probes.all('cs-picture'), []);

    press('cs-on');
    // From the node, or from the camera itself, which is online too: the one that has all pieces there first.
    const { payload, topic, friendName } = await red.wait('cs-picture', undefined, 30_000);
    assert.ok(Buffer.isBuffer(payload));
    assert.ok(payload.equals(picture));
    assert.deepEqual([topic, friendName], ['snapshot', 'Camera']);
    const served = await snapshot();
    assert.deepEqual([served.status, served.headers.get('content-type')], [200, 'image/jpeg']);
    assert.ok(Buffer.from(await served.arrayBuffer()).equals(picture));
    await red.wait('cs-outcome', (msg) => msg.payload === 'delivered', 30_000);
  });

  it('sends the test picture of its button, which is a JPEG', async () => {
    await online('cs-camera', 2);
    press('cs-test');
    const { payload } = await red.wait(
      'cs-picture',
      (msg) => Buffer.isBuffer(msg.payload) && msg.payload.length < 1000,
    );
    assert.ok(Buffer.isBuffer(payload));
    assert.deepEqual([...payload.subarray(0, 3)], [0xff, 0xd8, 0xff]);
    assert.deepEqual([...payload.subarray(-2)], [0xff, 0xd9]);
    assert.ok(Buffer.from(await (await snapshot()).arrayBuffer()).equals(payload));
  });

  it('answers a picture that is too large, and a body that is not bytes, with what to do', async () => {
    const tooLarge = await post(jpeg(262_145));
    assert.equal(tooLarge.status, 413);
    const { code } = (await tooLarge.json()) as { code: string };
    assert.equal(code, 'ErrMessageTooLarge');
    assert.equal((await post(Buffer.alloc(0))).status, 400);
    const form = await post('picture=1', 'application/x-www-form-urlencoded');
    assert.deepEqual(
      [form.status, await form.text()],
      [415, 'Send the picture with Content-Type: image/jpeg.'],
    );
  });
});
