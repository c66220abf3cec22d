import assert from 'node:assert/strict';
import { ScriptedFriend } from '../support/scripted-friend';

describe('waiting for keys of a friend', () => {
  let friend: ScriptedFriend;
  let said: string[];

  beforeEach(async () => {
    friend = await ScriptedFriend.open('wait for keys');
    said = [];
  });

  afterEach(() => friend.stop());

  /** Notes in `said` how the wait ends: the code of its error, or else the error itself in words. */
  function wait(signal?: AbortSignal, publicKey = friend.keys.pk): void {
    const options = signal === undefined ? {} : { signal };
    friend.manager.waitForKeys(publicKey, options).then(
      () => said.push('keys'),
      (error: unknown) =>
        said.push(error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );
  }

  it('ends when the friend gives keys, and at once when keys are there', async () => {
    wait();
    await friend.time.advance(1_000);
    assert.deepEqual(said, []);
    await friend.settle();
    assert.deepEqual(said, ['keys']);
    wait();
    await friend.time.advance(0);
    assert.deepEqual(said, ['keys', 'keys']);
    assert.ok(friend.manager.canSendAsyncMessage(friend.keys.pk));
  });

  it('goes on when the friend only took keys of ours', async () => {
    wait();
    await friend.meet();
    friend.sayState();
    await friend.take(await friend.hearOne('exchange'));
    await friend.hear();
    assert.deepEqual(said, []);
  });

  it("ends with the signal's reason, also when the signal has aborted already", async () => {
    const abort = new AbortController();
    wait(abort.signal);
    await friend.time.advance(0);
    assert.deepEqual(said, []);
    abort.abort('too long');
    wait(abort.signal);
    await friend.time.advance(0);
    assert.deepEqual(said, ['too long', 'too long']);
  });

  it('ends with ErrClosed when the session stops, and when it has stopped', async () => {
    wait(new AbortController().signal);
    await friend.stop();
    wait();
    await friend.time.advance(0);
    assert.deepEqual(said, ['ErrClosed', 'ErrClosed']);
  });

  it('is refused for a stranger, and ends when the friend is removed', async () => {
    wait(undefined, new Uint8Array(32).fill(5));
    wait(undefined, new Uint8Array(31));
    await friend.time.advance(0);
    assert.deepEqual(said, ['ErrUnknownFriend', 'ErrInvalidKey']);
    wait();
    const removed = friend.manager.removeFriend(friend.keys.pk);
    await friend.time.advance(100);
    await removed;
    assert.deepEqual(said.slice(2), ['ErrUnknownFriend']);
  });

  it('leaves no listener behind', async () => {
    const abort = new AbortController();
    const { signal } = abort;
    const removed: string[] = [];
    const remove = signal.removeEventListener.bind(signal);
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      removed.push(args[0]);
      remove(...args);
    };
    await friend.settle();
    wait(signal);
    await friend.time.advance(0);
    assert.deepEqual([said, removed], [['keys'], ['abort']]);
  });
});
