import { chooseCryptoProvider } from '../../lib/crypto/providers/choose-provider';
import { systemPlatform } from '../../lib/platform/system/system-platform';
import { openLocalEngine, type LocalEngine } from '../../lib/storage/local/local-engine';
import type { MessageEngine } from '../../lib/storage/message-engine';
import { openDataDirectory } from '../../lib/store/directory/data-directory';
import { MemoryVolume, openMemoryStore } from '../../lib/testing/memory-store';
import type { Store } from '../../lib/store/store';
import { withInFlight } from '../support/measure';
import type { MailSource } from './mail';

export type EngineName = 'lmdb' | 'nedb' | 'memory';

/** A storage node's engine on a data directory of its own. */
export interface MailNode {
  readonly engine: LocalEngine;
  close(): Promise<void>;
}

/** @param ages the node's clock, seconds */
export async function openNode(name: EngineName, folder: string, ages = { now: () => 0 }): Promise<MailNode> {
  const crypto = chooseCryptoProvider();
  const { store, close } = await openAnyStore(name, folder);
  return { engine: openLocalEngine({ store, crypto, ages }), close };
}

async function openAnyStore(
  name: EngineName,
  path: string,
): Promise<{ store: Store; close: () => Promise<void> }> {
  if (name === 'memory') {
    const store = openMemoryStore(new MemoryVolume());
    return { store, close: () => store.close() };
  }
  const crypto = chooseCryptoProvider();
  const directory = await openDataDirectory({ platform: systemPlatform, crypto, path, engine: name });
  return { store: directory.store, close: () => directory.close() };
}

export function store(
  engine: MessageEngine,
  source: MailSource,
  count: number,
  inFlight: number,
): Promise<void> {
  return withInFlight(count, inFlight, () => engine.put(source.next()));
}

/** Many at a time. */
export function fill(engine: MessageEngine, source: MailSource, messages: number): Promise<void> {
  return store(engine, source, messages, 1024);
}
