import { toHex } from '../../../../lib/bytes';
import type { FEW_KEYS } from '../crash-world';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import { MemoryDisk } from '../../../../lib/testing/memory-disk';
import type { Platform } from '../../../../lib/platform/platform';
import { openMemoryDirectory } from '../../../../lib/testing/memory-directory';
import { MemoryVolume } from '../../../../lib/testing/memory-store';
import type { VirtualNetwork } from '../../../../lib/transport/virtual/virtual-network';
import type { VirtualTransport } from '../../../../lib/transport/virtual/virtual-transport';
import { silentLogger } from '../../../../lib/types';
import { type EnvelopeWatch, watchEnvelopes } from '../envelope-watch';
import type { Ledger } from '../ledger';
import { textOf } from '../../../support/text-of';

const crypto = chooseCryptoProvider();

export interface SurvivorParts {
  readonly name: string;
  readonly platform: Platform;
  readonly network: VirtualNetwork;
  readonly ledger: Ledger;
  readonly watch: EnvelopeWatch;
  readonly limits: typeof FEW_KEYS;
  /** Something happened that somebody may wait for. */
  readonly progress: () => void;
}

/** A device in the test's own process, in memory: it talks with those that are killed and lives on. */
export class Survivor {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly transport: VirtualTransport;
  readonly #parts: SurvivorParts;
  readonly #manager: AsyncManager;

  private constructor(parts: SurvivorParts, manager: AsyncManager) {
    const { name, network, ledger, progress } = parts;
    this.#parts = parts;
    this.#manager = manager;
    this.name = name;
    this.publicKey = new Uint8Array(manager.publicKey);
    this.transport = network.join({ publicKey: this.publicKey, name });
    manager.events.on('outcome', ({ messageId, state }) => {
      ledger.outcome(1, toHex(messageId), state);
      progress();
    });
    manager.setMessageHandler((message) => {
      const { messageId, redelivered } = message;
      ledger.handed(name, 1, { text: textOf(message), id: toHex(messageId), redelivered });
      progress();
    });
  }

  static async start(parts: SurvivorParts): Promise<Survivor> {
    const platform = { ...parts.platform, disk: new MemoryDisk() };
    const trouble = (text: string) => parts.ledger.violations.push(`${parts.name}: ${text}`);
    const manager = await AsyncManager.create({
      dataDir: '/data',
      directory: await openMemoryDirectory({ platform, crypto, volume: new MemoryVolume() }),
      platform,
      crypto: watchEnvelopes(crypto, { seals: (envelope) => parts.watch.note(envelope) }),
      diskSpace: () => Promise.resolve({ freeBytes: 100_000_000_000 }),
      limits: parts.limits,
      log: { ...silentLogger, warn: trouble, error: trouble },
    });
    const survivor = new Survivor(parts, manager);
    await manager.attachTransport(survivor.transport);
    await manager.start();
    return survivor;
  }

  send(to: { name: string; publicKey: Uint8Array }, text: string): void {
    const { ledger } = this.#parts;
    ledger.asked(text, to.name);
    this.#manager.sendAsyncMessage(to.publicKey, text).then(
      ({ messageId }) => ledger.accepted(text, toHex(messageId)),
      (error: unknown) => ledger.violations.push(`"${text}" was refused: ${String(error)}`),
    );
  }

  keys(): { friend: string; held: number; issued: number }[] {
    return [...this.#manager.getPreKeyStats()].map(([friend, { held, issued }]) => ({
      friend,
      held,
      issued,
    }));
  }

  stop(): Promise<void> {
    return this.#manager.stop();
  }
}
