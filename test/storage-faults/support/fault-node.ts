import { toHex } from '../../../lib/bytes';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { StorageService } from '../../../lib/storage/service/storage-service';
import type { StorageRequest } from '../../../lib/storage/service/refusals';
import { systemPlatform } from '../../../lib/platform/system/system-platform';
import { systemTimers } from '../../../lib/platform/timers';
import type { SessionMessage } from '../../../lib/protocol/session/message-kinds';
import { MessageStorage } from '../../../lib/storage/message-storage';
import { openLocalEngine } from '../../../lib/storage/local/local-engine';
import { type DataDirectory, openDataDirectory } from '../../../lib/store/directory/data-directory';
import type { StoreEngine } from '../../../lib/store/directory/manifest';
import { silentLogger } from '../../../lib/types';
import { alice, bob, carol, envelopeTo } from '../../lib/storage/support/storage-fixture';

export const ENGINES: readonly StoreEngine[] = ['lmdb', 'nedb'];
export const RECIPIENTS = [bob, carol];
export const FULL = process.env.FULL === '1';

const crypto = createPortableProvider();
/** Waits for space and before another try are a hundredth of what they are. */
const timers = {
  after: (ms: number, run: () => void) => systemTimers.after(ms / 100, run),
};
const NO_LIMITS = { storeBurst: 1e9, storesPerSecond: 1e9, maxMessagesPerRecipient: 1e9 };

/** A message that a test can name; its recipient and size follow from its number. */
export function numbered(name: string, n: number): { recipient: Uint8Array; envelope: Uint8Array } {
  const recipient = n % 3 === 0 ? carol : bob;
  return { recipient, envelope: envelopeTo(recipient, `${name} ${n}`, n % 4 === 0 ? 1311 : 287) };
}

/** A storage node on a real data directory, asked as a peer asks it. */
export class FaultNode {
  readonly warnings: string[] = [];
  readonly storage: MessageStorage;
  readonly #directory: DataDirectory;
  readonly #service: StorageService;
  readonly #waiting = new Map<number, (answer: SessionMessage) => void>();
  #request = 0;

  private constructor(directory: DataDirectory, warnings: string[]) {
    this.#directory = directory;
    this.warnings = warnings;
    const { store, ages, space } = directory;
    this.storage = new MessageStorage({
      engine: openLocalEngine({ store, crypto, ages }),
      crypto,
      random: systemPlatform.random,
      clock: systemPlatform.clock,
      timers,
      capacity: { messages: 1e6, bytes: 1e9, update: () => Promise.resolve() },
      friends: [alice, ...RECIPIENTS],
      role: 'friends',
      hasRoom: () => space.hasRoom(),
      limits: NO_LIMITS,
    });
    this.#service = new StorageService({
      storage: this.storage,
      sessions: { hasSession: () => true, send: (_peer, message) => this.#answered(message) },
      clock: systemPlatform.clock,
      timers: systemTimers,
      log: { ...silentLogger, warn: (text) => warnings.push(text) },
      maxInWork: 1e6,
      readBurst: 1e9,
    });
    this.#service.start();
  }

  /** @throws whatever the data directory throws */
  static async open(folder: string, engine: StoreEngine): Promise<FaultNode> {
    const warnings: string[] = [];
    const directory = await openDataDirectory({
      platform: { ...systemPlatform, timers },
      crypto,
      path: folder,
      engine,
      space: { limitBytes: 300_000, reserveBytes: 300_000 },
      log: { ...silentLogger, warn: (text) => warnings.push(text) },
    });
    return new FaultNode(directory, warnings);
  }

  get vault() {
    return this.#directory.vault;
  }

  /** The code a peer gets for this envelope. */
  async store(envelope: Uint8Array, remaining = 3600): Promise<string> {
    const answer = await this.#ask(alice, { kind: 'store', request: 0, remaining, envelope });
    return answer.kind === 'store-answer' ? answer.code : answer.kind;
  }

  async delete(recipient: Uint8Array, storageId: Uint8Array): Promise<string> {
    const answer = await this.#ask(recipient, { kind: 'delete', request: 0, storageIds: [storageId] });
    return answer.kind === 'delete-answer' ? answer.code : answer.kind;
  }

  /** Everything a recipient can fetch, in hex, in the order of arrival: every page, every envelope. */
  async drain(recipient: Uint8Array): Promise<string[]> {
    const envelopes: string[] = [];
    for (let after = 0, more = true; more;) {
      const page = await this.#ask(recipient, { kind: 'list', request: 0, after, max: 64 });
      if (page.kind !== 'list-answer' || page.code !== 'ok')
        throw new Error(`a list was answered ${JSON.stringify(page)}`);
      for (const { cursor, storageId } of page.items) {
        after = cursor;
        const one = await this.#ask(recipient, { kind: 'fetch', request: 0, storageIds: [storageId] });
        if (one.kind === 'fetched' && one.code === 'ok') envelopes.push(toHex(one.envelope));
        else if (one.kind !== 'fetched' || one.code !== 'not-found')
          throw new Error('a fetch was answered busy');
      }
      more = page.more;
    }
    return envelopes;
  }

  async stop(): Promise<void> {
    await this.#service.stop();
    // By its timers that is 5 s.
    await this.#directory.close(500_000);
  }

  #ask(peer: Uint8Array, request: StorageRequest): Promise<SessionMessage> {
    this.#request += 1;
    const number = this.#request;
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      this.#service.handle(peer, { ...request, request: number });
    });
  }

  #answered(message: SessionMessage): void {
    if (!('request' in message)) return;
    this.#waiting.get(message.request)?.(message);
    this.#waiting.delete(message.request);
  }
}
