import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findHolder, silentLogger, ToxAsyncError } from '../../../lib/index';
import { sessions } from '../../../nodes/session/session-registry';

describe('A session of the runtime', () => {
  it('answers other processes of its user, and leaves its messages to the flows', async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'tox-held-'));
    const session = sessions.acquire(
      'held',
      {
        name: 'Held',
        dataDir,
        friends: [],
        admission: { kind: 'manual' },
        befriendOpenNodes: false,
        storageRole: 'friends',
        storageCapBytes: 1_000_000,
        engine: 'nedb',
      },
      silentLogger,
    );
    try {
      const { toxId } = await session.opened();
      const holder = await findHolder(dataDir);
      assert.ok(holder);
      const hooks = { signal: new AbortController().signal };
      assert.equal((await holder.ask({ ask: 'status' }, hooks)).toxId, toxId);
      await assert.rejects(holder.ask({ ask: 'receive' }, hooks), (error: unknown) => {
        assert.ok(ToxAsyncError.is(error, 'ErrRefused'));
        assert.match(error.message, /flows of Node-RED/);
        return true;
      });
    } finally {
      await sessions.release('held', true);
      await rm(dataDir, { recursive: true });
    }
  });
});
