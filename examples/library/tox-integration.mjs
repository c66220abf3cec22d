/**
 * Integration with a Tox instance that your program already runs.
 *
 * `ToxInstance` stands for a binding to libtoxcore, or for a bot framework; here the instances reach each other inside
 * this process. `InstanceTransport` is all that joins one to an AsyncManager: Tox carries the packets, and the manager
 * sees friends come and go. A program without a Tox instance of its own takes ToxcoreTransport instead.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AsyncManager,
  PRE_KEY_REFRESH_THRESHOLD,
  chooseCryptoProvider,
  generateKeyPair,
  systemPlatform,
  toHex,
} from 'node-red-contrib-tox-async';

/** The part of a Tox instance that is needed: its key pair, friends, custom packets and ordinary messages. */
class ToxInstance {
  static all = new Map();
  keyPair = generateKeyPair(chooseCryptoProvider(), systemPlatform.random);
  online = false;
  listener = undefined;

  constructor(name) {
    this.name = name;
    ToxInstance.all.set(this.id, this);
  }

  get id() {
    return toHex(this.keyPair.publicKey);
  }

  others() {
    return [...ToxInstance.all.values()].filter((other) => other !== this);
  }

  setOnline(online) {
    this.online = online;
    for (const other of this.others().filter((each) => each.online)) {
      setImmediate(() => other.listener?.onFriend(this.keyPair.publicKey, online));
      setImmediate(() => this.listener?.onFriend(other.keyPair.publicKey, online));
    }
    setImmediate(() => this.listener?.onSelf(online));
  }

  isFriendOnline(publicKey) {
    return this.online && ToxInstance.all.get(toHex(publicKey))?.online === true;
  }

  /** Carries a packet or a message to a friend; false when the friend is not there. */
  carry(publicKey, deliver) {
    if (!this.isFriendOnline(publicKey)) return false;
    const { listener } = ToxInstance.all.get(toHex(publicKey));
    setImmediate(() => listener && deliver(listener, this.keyPair.publicKey));
    return true;
  }
}

/** A Tox instance as the manager's transport. It calls the handler later, never from inside a call. */
class InstanceTransport {
  constructor(tox) {
    this.tox = tox;
    this.self = tox.keyPair.publicKey;
  }

  async start(handler) {
    this.tox.listener = handler;
    this.tox.setOnline(true);
  }

  async stop() {
    this.tox.setOnline(false);
    this.tox.listener = undefined;
  }

  isOnline() {
    return this.tox.online;
  }

  friends() {
    return this.tox.others().map(({ keyPair }) => keyPair.publicKey);
  }

  isFriendOnline(friend) {
    return this.tox.isFriendOnline(friend);
  }

  nameOf(friend) {
    return ToxInstance.all.get(toHex(friend))?.name;
  }

  sendPacket(friend, packet) {
    const bytes = packet.slice();
    const sent = this.tox.carry(friend, (listener, from) => listener.onPacket(from, bytes));
    return sent ? 'sent' : 'offline';
  }

  async sendMessage(friend, type, text) {
    return this.tox.carry(friend, (listener, from) => listener.onMessage(from, type, text));
  }
}

const folder = await mkdtemp(path.join(tmpdir(), 'tox-async-integration-'));

async function open(tox) {
  const manager = await AsyncManager.create({
    dataDir: path.join(folder, tox.name),
    keyPair: tox.keyPair,
    transport: new InstanceTransport(tox),
  });
  await manager.start();
  return manager;
}

const [tox, friendTox, nodeTox] = ['Bot', 'Friend', 'Pi'].map((name) => new ToxInstance(name));
const bot = await open(tox);
const node = await open(nodeTox);
const friend = await open(friendTox);

// Pre-keys are exchanged whenever a friend comes online; offline they are what messages are sealed to.
const name = (publicKey) => bot.nameOf(publicKey);
const stopListening = bot.events.on('friend-status', ({ friend: publicKey, online }) => {
  if (toHex(publicKey) !== friendTox.id) return;
  console.log(`${name(publicKey)} ${online ? 'came online' : 'went offline'}`);
});
bot.events.on('keys-low', ({ friend: publicKey, sendable }) => {
  console.log(`Low on keys for ${name(publicKey)}: ${sendable}, below ${PRE_KEY_REFRESH_THRESHOLD}`);
});

// Ordinary messages and forward-secure ones arrive in one inbox; `via` says how each came.
let arrived = () => {};
friend.setMessageHandler((message) => arrived(`${message.via}: ${message.content}`));
const nextArrival = () => new Promise((resolve) => (arrived = resolve));

await bot.waitForKeys(friend.publicKey);
await node.waitForKeys(friend.publicKey);
friendTox.setOnline(false);
const outcomes = bot.events.iterate('outcome');
await bot.sendAsyncMessage(friend.publicKey, 'Leak in the cellar');
const { value: outcome } = await outcomes.next();
const { sendable } = bot.getPreKeyStats().get(friendTox.id);
console.log(`${outcome.state}; ${sendable} more messages can be sealed`);
console.log(`the Pi stores ${node.getStorageStats().totalMessages} message`);

// The bot is off when the friend comes back: the Pi has the message.
tox.setOnline(false);
const fromThePi = nextArrival();
friendTox.setOnline(true);
console.log(await fromThePi);

const fromTheBot = nextArrival();
tox.setOnline(true);
await outcomes.next(); // delivered: the friend's receipt came when both were online
await new InstanceTransport(tox).sendMessage(friend.publicKey, 'normal', 'Are you there?');
console.log(await fromTheBot);

stopListening();
for (const manager of [bot, node, friend]) await manager.stop();
await rm(folder, { recursive: true });
