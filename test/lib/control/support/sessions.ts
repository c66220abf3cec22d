import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Desk, type DeskOptions } from '../../../../lib/control/desk';
import type { ControlHooks, ControlMessage, SendAnswer } from '../../../../lib/control/requests';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import { systemPlatform } from '../../../../lib/platform/system/system-platform';
import { VirtualNetwork } from '../../../../lib/transport/virtual/virtual-network';

/** Sessions of this process in real folders, all friends on one virtual network, each with an open desk. */
export class Sessions {
  readonly #network = new VirtualNetwork(systemPlatform);
  readonly #managers: AsyncManager[] = [];
  readonly #folders: string[] = [];

  async add(name: string, options: Partial<DeskOptions> = {}): Promise<OpenSession> {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'tox-control-'));
    this.#folders.push(dataDir);
    const manager = await AsyncManager.create({ dataDir, engine: 'nedb', storageCapBytes: 1_000_000 });
    this.#managers.push(manager);
    await manager.attachTransport(this.#network.join({ publicKey: manager.publicKey, name }));
    await manager.start();
    const desk = new Desk(manager, { timers: systemPlatform.timers, ...options }).open();
    return { manager, desk, dataDir };
  }

  async stop(): Promise<void> {
    for (const manager of this.#managers) await manager.stop();
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
  }
}

export interface OpenSession {
  readonly manager: AsyncManager;
  readonly desk: Desk;
  readonly dataDir: string;
}

/** An asker that notes all it hears. */
export class Asker {
  readonly #end = new AbortController();
  readonly progress: SendAnswer[] = [];
  readonly messages: ControlMessage[] = [];
  /** Whether it takes messages. */
  takes: (message: ControlMessage) => boolean | Promise<boolean> = () => true;

  readonly hooks: ControlHooks = {
    signal: this.#end.signal,
    onProgress: (each) => this.progress.push(each),
    onMessage: async (message) => {
      this.messages.push(message);
      return this.takes(message);
    },
  };

  leave(): void {
    this.#end.abort();
  }
}
