import { cp, lstat } from 'node:fs/promises';
import path from 'node:path';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { Passphrase } from '../../../../lib/crypto/pass-encryption';
import type { Outcome, ReceivedMessage } from '../../../../lib/client/messages';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import type { AsyncManagerEvents } from '../../../../lib/manager/events';
import type { Platform } from '../../../../lib/platform/platform';
import { type DataDirectory, openDataDirectory } from '../../../../lib/store/directory/data-directory';
import type { VirtualNetwork } from '../../../../lib/transport/virtual/virtual-network';
import type { VirtualTransport } from '../../../../lib/transport/virtual/virtual-transport';
import type { KeyPair, PublicKey } from '../../../../lib/types';
import { Recorder } from './recorder';
import { type Loot, Thief, unwrapped } from './thief';
import type { Wiretap } from './wiretap';

const crypto = chooseCryptoProvider();

export interface RobbedDeviceOptions {
  readonly name: string;
  /** Holds the data directory and the copies that thieves take. */
  readonly scratch: string;
  readonly engine: 'lmdb' | 'nedb';
  readonly passphrase: string | undefined;
  readonly platform: Platform;
  readonly network: VirtualNetwork;
  /** Somebody who hears everything. */
  readonly tap?: Wiretap;
}

/** A session on a real disk whose directory is stolen at any time. */
export class RobbedDevice {
  readonly recorder: Recorder;
  readonly received: ReceivedMessage[] = [];
  readonly keyPair: KeyPair;
  readonly folder: string;
  manager!: AsyncManager;
  transport!: VirtualTransport;
  #directory!: DataDirectory;
  /** Batches of keys that it took, or that its friend took. */
  exchanges = 0;
  #thefts = 0;

  constructor(readonly options: RobbedDeviceOptions) {
    const watched = options.tap?.watch(crypto) ?? crypto;
    this.recorder = new Recorder(watched);
    this.keyPair = watched.keyPairFromSecret(options.platform.random.bytes(32));
    this.folder = path.join(options.scratch, options.name);
  }

  get publicKey(): PublicKey {
    return this.keyPair.publicKey;
  }

  async start(): Promise<void> {
    const { engine, platform, network, name, passphrase } = this.options;
    const { random } = platform;
    const sealed =
      passphrase === undefined ? {} : { passphrase: new Passphrase({ crypto, random }, passphrase) };
    const { crypto: recording } = this.recorder;
    this.#directory = await openDataDirectory({
      platform,
      crypto: recording,
      path: this.folder,
      engine,
      ...sealed,
    });
    this.manager = await AsyncManager.create({
      dataDir: this.folder,
      directory: this.#directory,
      keyPair: this.keyPair,
      platform,
      crypto: recording,
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    this.manager.setMessageHandler((message) => {
      this.received.push(message);
      return 'later';
    });
    this.manager.events.on('keys-exchanged', () => (this.exchanges += 1));
    this.transport = network.join({ publicKey: this.publicKey, name });
    this.#tap(this.transport);
    await this.manager.attachTransport(this.transport);
    await this.manager.start();
  }

  #tap(transport: VirtualTransport): void {
    const { tap } = this.options;
    const send = transport.sendPacket.bind(transport);
    transport.sendPacket = (friend, packet) => {
      tap?.note(this.publicKey, friend, packet);
      return send(friend, packet);
    };
  }

  /** Resolves once `done`, looking at each event of this kind. */
  async when(event: keyof AsyncManagerEvents, done: () => boolean): Promise<void> {
    if (done()) return;
    await new Promise<void>((resolve) => {
      const off = this.manager.events.on(event, () => {
        if (!done()) return;
        off();
        resolve();
      });
    });
  }

  /** The outcome with which a message ended. */
  ended(): Promise<Outcome['state']> {
    return new Promise((resolve) => {
      const off = this.manager.events.on('outcome', ({ state }) => {
        if (state === 'stored') return;
        off();
        resolve(state);
      });
    });
  }

  /** Resolves when what is to be erased is erased. */
  async settled(): Promise<void> {
    // What may wait for the next batch goes with this one.
    await this.#directory.store
      .batch()
      .delete(new Uint8Array([0]))
      .commit();
    await this.#directory.vault.settled();
  }

  /** A copy of the directory as it is now. @returns its folder */
  async steal(): Promise<string> {
    this.#thefts += 1;
    const copy = path.join(this.options.scratch, `${this.options.name} stolen ${this.#thefts}`);
    // Sockets of the lock cannot be copied.
    const filter = async (source: string) => !(await lstat(source)).isSocket();
    await cp(this.folder, copy, { recursive: true, filter });
    return copy;
  }

  /** The secrets of one-time keys that these open of the wraps that ever were on the disk. */
  unwrapWith(secrets: readonly Uint8Array[]): Uint8Array[] {
    return secrets.flatMap((secret) => unwrapped(secret, this.recorder.wraps));
  }

  /** What a thief makes of a copy, of the present one unless it is named. */
  async rob(loot: Omit<Loot, 'identity' | 'boxes' | 'wraps'>, copy?: string): Promise<Thief> {
    const folder = copy ?? (await this.steal());
    const { boxes, wraps } = this.recorder;
    return Thief.rob(folder, { ...loot, identity: this.keyPair, boxes, wraps });
  }
}
