import assert from 'node:assert/strict';
import type { MessageInput, SendOptions } from '../../../../lib/client/messages';
import { MINUTE, waitFor, World, type Device } from '../../../support/world';

const LABEL = 'cellar/water/leak-detected';
const JSON_VALUE = { pump: 'stands', levels: Array<number>(800).fill(21.5), by: null };
const BYTES = new Uint8Array([0xff, 0, 0xd8]);

describe('what a message says', () => {
  let world: World;
  let device: Device;
  let phone: Device;

  beforeEach(async () => {
    world = new World('content');
    device = await world.add('Device');
    phone = await world.add('Phone');
    await world.add('Home Pi');
    await world.settle();
  });

  afterEach(() => world.stop());

  const send = (content: MessageInput, options: SendOptions = {}, type: 0 | 1 = 0) =>
    waitFor(world.time, device.manager.sendAsyncMessage(phone.pk, content, type, options));
  const got = () => phone.received.map(({ kind, content, label, via }) => [kind, content, label, via]);

  async function sendAll(): Promise<void> {
    await send('leak', { label: LABEL });
    await send('rings the bell', {}, 1);
    await send(BYTES, { label: LABEL });
    await send({ json: JSON_VALUE });
    await send({ json: 'just text' }, { label: LABEL, compress: 'off' });
  }
  const all = (via: string) => [
    ['text', 'leak', LABEL, via],
    ['action', 'rings the bell', undefined, via],
    ['binary', BYTES, LABEL, via],
    ['json', JSON_VALUE, undefined, via],
    ['json', 'just text', LABEL, via],
  ];

  it('arrives as it was sent, with its kind and label, directly', async () => {
    await sendAll();
    await world.until('received', () => phone.received.length === 5);
    assert.deepEqual(got(), all('direct'));
    await world.run(MINUTE);
    assert.deepEqual(
      device.outcomes.filter(({ state }) => state !== 'stored').map(({ state }) => state),
      Array(5).fill('delivered'),
    );
  });

  it('arrives as it was when it was sent, and stays its owner’s, in Buffers too', async () => {
    const [content, messageId, friend] = [Buffer.from(BYTES), Buffer.alloc(32, 7), Buffer.from(phone.pk)];
    const sent = device.manager.sendAsyncMessage(friend, content, 0, { messageId });
    for (const buffer of [messageId, friend]) buffer.fill(9);
    await waitFor(world.time, sent);
    assert.deepEqual([...content], [...BYTES], 'not wiped');
    content.fill(9);
    await world.until('delivered', () => device.outcomes.some(({ state }) => state === 'delivered'));
    assert.deepEqual(got(), [['binary', BYTES, undefined, 'direct']]);
    assert.deepEqual([...(phone.received[0]?.messageId ?? [])], Array(32).fill(7));
  });

  it('arrives as it was sent through a storage node, and after a crash of both ends', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    await sendAll();
    await world.until('stored', () => device.outcomes.filter(({ state }) => state === 'stored').length === 5);
    await device.crash();
    phone.handle = () => 'later';
    await phone.online(true);
    await world.until('received', () => phone.received.length === 5);
    await phone.crash();
    phone.received.length = 0;
    await phone.start();
    await world.until('handed over again', () => phone.received.length === 5);
    assert.deepEqual(got(), all('stored'));
  });

  it('never lies in the clear on a disk, label and kind included, and in no log', async () => {
    await phone.online(false);
    await world.run(MINUTE);
    await send({ json: { at: 'the well' } }, { label: LABEL });
    phone.handle = () => 'later';
    const inTheClear = async () => {
      for (const { memory, errors } of world.devices) {
        for (const secret of [LABEL, 'the well']) {
          assert.equal(await memory.holds(secret), false);
          assert.ok(!errors.some((text) => text.includes(secret)));
        }
      }
    };
    await world.until('stored', () => device.outcomes.length > 0);
    await inTheClear();
    await phone.online(true);
    await world.until('received', () => phone.received.length === 1);
    await inTheClear();
    assert.equal(phone.memory.table('inbox').length, 1);
    assert.ok(!JSON.stringify(phone.memory.table('inbox')).includes('type'));
  });

  it('is too large when it does not fit, and is not there then', async () => {
    await assert.rejects(send('a'.repeat(262_145)), { code: 'ErrMessageTooLarge' });
    assert.equal(device.manager.counts().unfinished, 0);
    await send({ json: 'a'.repeat(200_000) });
    await world.until('received', () => phone.received.length === 1);
    assert.equal(phone.received[0]?.content, 'a'.repeat(200_000));
  });
});
