import { toHex } from '../../../../lib/bytes';
import { FEW_KEYS } from '../crash-world';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import type { Platform } from '../../../../lib/platform/platform';
import { type DataDirectory, openDataDirectory } from '../../../../lib/store/directory/data-directory';
import { lockDirectory } from '../../../../lib/store/directory/lock/directory-lock';
import { openLmdbStore } from '../../../../lib/store/lmdb/lmdb-store';
import { openNedbStore } from '../../../../lib/store/nedb/nedb-store';
import { Closers, openParts } from '../../../../lib/store/directory/open-parts';
import { silentLogger } from '../../../../lib/types';
import { watchEnvelopes } from '../envelope-watch';
import { faultyPlatform, faultyStore, faultyTransport } from '../faulty-platform';
import { leftoversOf } from '../leftovers';
import type { Life } from '../life';
import { bytesOf, type ChildDevice, type FromDevice, type ToDevice } from './child-messages';
import { ChildTransport } from './child-transport';
import { textOf } from '../../../support/text-of';

const crypto = chooseCryptoProvider();

export interface DeviceParts {
  readonly device: ChildDevice;
  readonly platform: Platform;
  readonly life: Life;
  /** Steps inside the directory are fault points; else the directory is opened as every user's is. */
  readonly dissected: boolean;
  readonly tell: (message: FromDevice) => void;
}

/** One identity of the child, on a real disk. */
export class DeviceInChild {
  readonly #parts: DeviceParts;
  readonly #manager: AsyncManager;
  readonly #directory: DataDirectory;
  readonly #transport: ChildTransport;

  private constructor(parts: DeviceParts, manager: AsyncManager, directory: DataDirectory) {
    this.#parts = parts;
    this.#manager = manager;
    this.#directory = directory;
    this.#transport = new ChildTransport(manager.publicKey, parts.tell);
  }

  static async open(parts: DeviceParts): Promise<DeviceInChild> {
    const { device, life, tell } = parts;
    const platform = faultyPlatform(parts.platform, life);
    const trouble = (text: string) => tell({ kind: 'trouble', text: `${device.name}: ${text}` });
    const log = { ...silentLogger, warn: trouble, error: trouble };
    const directory = await (parts.dissected ? openDissected(parts, platform) : openWhole(parts));
    const manager = await AsyncManager.create({
      dataDir: device.folder,
      directory,
      platform,
      crypto: watchEnvelopes(crypto, {
        seals: (envelope) => tell({ kind: 'envelope', envelope: Buffer.from(envelope).toString('base64') }),
      }),
      diskSpace: () => Promise.resolve({ freeBytes: 100_000_000_000 }),
      limits: FEW_KEYS,
      log,
    });
    life.reach('opened');
    const opened = new DeviceInChild(parts, manager, directory);
    opened.#listen(trouble);
    await manager.attachTransport(faultyTransport(opened.#transport, life));
    return opened;
  }

  async start(): Promise<void> {
    const { life, tell } = this.#parts;
    await this.#manager.start();
    tell({ kind: 'started' });
    life.reach('started');
  }

  take(message: ToDevice): void {
    switch (message.kind) {
      case 'send':
        return this.#send(message);
      case 'report':
        return this.#report();
      default:
        this.#transport.take(message);
    }
  }

  #send({ to, text }: Extract<ToDevice, { kind: 'send' }>): void {
    const { tell, life } = this.#parts;
    this.#manager.sendAsyncMessage(bytesOf(to), text).then(
      ({ messageId }) => {
        tell({ kind: 'accepted', text, id: toHex(messageId) });
        life.reach('accepted');
      },
      (error: unknown) => tell({ kind: 'refused', text, error: String(error) }),
    );
  }

  #report(): void {
    const keys = [...this.#manager.getPreKeyStats()].map(([friend, { held, issued }]) => {
      return { friend, held, issued };
    });
    this.#parts.tell({ kind: 'report', leftovers: leftoversOf(this.#directory.store), keys });
  }

  #listen(trouble: (text: string) => void): void {
    const { tell, life } = this.#parts;
    const { events } = this.#manager;
    events.on('outcome', ({ messageId, state }) => tell({ kind: 'outcome', id: toHex(messageId), state }));
    // Not 'keys-dead': on a busy machine an answer may be late, and the message is then sealed again.
    for (const event of ['keys-refused', 'message-lost', 'identity-in-use-elsewhere'] as const) {
      events.on(event, () => trouble(`event ${event}`));
    }
    this.#manager.setMessageHandler((message) => {
      life.reach('hand');
      const { messageId, redelivered } = message;
      tell({ kind: 'handed', text: textOf(message), id: toHex(messageId), redelivered });
      life.reach('handed');
    });
  }
}

function openWhole({ device, platform }: DeviceParts): Promise<DataDirectory> {
  return openDataDirectory({ platform, crypto, path: device.folder, engine: device.engine });
}

/** The same lock, engine, vault and clock, with fault points between the store and those who use it. */
async function openDissected({ device, life }: DeviceParts, platform: Platform): Promise<DataDirectory> {
  const { folder, engine } = device;
  const closers = new Closers(platform.timers);
  const lock = await lockDirectory(folder, platform);
  closers.add(() => lock.release());
  const path = `${folder}/store.${engine}`;
  const openStore = async () =>
    faultyStore(
      await (engine === 'lmdb'
        ? openLmdbStore({ path, disk: platform.disk, timers: platform.timers })
        : openNedbStore({ path })),
      life,
    );
  return openParts({ platform, crypto, path: folder, log: silentLogger, openStore }, closers);
}
