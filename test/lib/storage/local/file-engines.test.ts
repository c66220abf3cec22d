import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemDisk } from '../../../../lib/platform/system/system-disk';
import { lmdbAvailable, openLmdbStore } from '../../../../lib/store/lmdb/lmdb-store';
import { openNedbStore } from '../../../../lib/store/nedb/nedb-store';
import type { Store } from '../../../../lib/store/store';
import { engineOver } from '../support/engine-over';
import { messageEngineSuite } from '../../../../lib/testing/engine/message-engine-suite';

async function inFolder(open: (path: string) => Promise<Store>) {
  const folder = await mkdtemp(join(tmpdir(), 'tox-async-mail-'));
  return engineOver(
    () => open(join(folder, 'store')),
    () => rm(folder, { recursive: true, force: true }),
  );
}

messageEngineSuite({ describe, it, after }, 'nedb store', () => inFolder((path) => openNedbStore({ path })));

// Where its prebuilt binary does not load, lmdb is not used.
if (lmdbAvailable()) {
  messageEngineSuite({ describe, it, after }, 'lmdb store', () =>
    inFolder((path) => openLmdbStore({ path, disk: systemDisk })),
  );
}
