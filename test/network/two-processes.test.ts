import { describeOnTox } from './support/namespace';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BootstrapDaemon } from './support/bootstrap-daemon';
import { allMet, MemberProcess } from './support/member-process';
import { CONNECT_MS, until } from './support/until';

const COUNT = process.env.FULL === '1' ? 500 : 60;

describeOnTox('two processes on real Tox', function () {
  this.timeout(2 * CONNECT_MS);
  let folder: string;
  let daemon: BootstrapDaemon;
  let anna: MemberProcess;
  let ben: MemberProcess;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'two-processes-'));
    daemon = await BootstrapDaemon.start();
    [anna, ben] = MemberProcess.circle(['anna', 'ben'], folder, daemon.node) as [
      MemberProcess,
      MemberProcess,
    ];
    await anna.start();
    await ben.start();
  });
  after(async () => {
    await anna.stop();
    await ben.stop();
    await daemon.stop();
    await rm(folder, { recursive: true });
  });

  /** The sender has all receipts, and the recipient's handler has seen all texts. */
  const delivered = async (sender: MemberProcess, recipient: MemberProcess, texts: readonly string[]) => {
    const unconfirmed = () => texts.filter((text) => sender.statesOf(text).at(-1) !== 'delivered');
    const unseen = () => texts.filter((text) => !recipient.textsFrom(sender).includes(text));
    await until(
      () => `delivered: of ${texts.length}, ${unconfirmed().length} unconfirmed, ${unseen().length} unseen`,
      () => unconfirmed().length === 0 && unseen().length === 0,
    );
  };

  it('meet and exchange keys', () => allMet([anna, ben]));

  it('give messages to each other directly, with receipts', async () => {
    await anna.send(ben, 'to ben');
    await ben.send(anna, 'to anna');
    await delivered(anna, ben, ['to ben']);
    await delivered(ben, anna, ['to anna']);
    assert.deepEqual(
      ben.received.map(({ text, via }) => [text, via]),
      [['to ben', 'direct']],
    );
    assert.deepEqual(anna.textsFrom(ben), ['to anna']);
  });

  it("lose and double nothing when the sender's libtoxcore is killed in the midst of it", async () => {
    const texts = Array.from({ length: COUNT }, (_, n) => `message ${n}`);
    const before = ben.received.length;
    const sending = (async () => {
      for (const text of texts) await anna.send(ben, text);
    })();
    await until('some arrived', () => ben.received.length > before + 3);
    const { child } = anna;
    assert.ok(child);
    process.kill(child, 'SIGKILL');
    await sending;
    await delivered(anna, ben, texts);
    assert.notEqual(anna.child, child);
    assert.deepEqual([...ben.textsFrom(anna)].sort(), ['to ben', ...texts].sort());
  });

  it('lose and double nothing when the recipient is killed in the midst of it and started again', async () => {
    const texts = Array.from({ length: COUNT }, (_, n) => `more ${n}`);
    const before = ben.received.length;
    const sending = (async () => {
      for (const text of texts) await anna.send(ben, text);
    })();
    await until('some arrived', () => ben.received.length > before + 3);
    await ben.kill();
    await sending;
    await ben.start();
    await delivered(anna, ben, texts);
    // Killed between the hand-over and its note, ben gets that one message again: it is marked, not lost.
    const got = ben.textsFrom(anna).slice(before);
    assert.deepEqual([...new Set(got)].sort(), [...texts].sort());
    assert.ok(got.length <= texts.length + 1, `${got.length} for ${texts.length}`);
  });
});
