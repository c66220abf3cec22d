import assert from 'node:assert/strict';
import { hasCode } from '../has-code';
import { type TransportTest } from './transport-under-test';

/** Ordinary messages and their receipts. */
export function messageTests(test: TransportTest): void {
  test('carries ordinary messages of both types and confirms them', async ({
    a,
    atA,
    atB,
    b,
    settled,
    until,
  }) => {
    const longest = 'é'.repeat(686);
    const confirmed = [
      atA.watch(() => a.sendMessage(b.self, 'normal', longest)),
      atA.watch(() => a.sendMessage(b.self, 'action', 'waves')),
    ];
    await until('two messages', () => atB.messages.length === 2);
    assert.deepEqual(atB.messages, [
      ['normal', longest],
      ['action', 'waves'],
    ]);
    assert.deepEqual(await settled(Promise.all(confirmed)), [true, true]);
  });

  test('refuses a message that is empty or longer than 1372 bytes of UTF-8', async ({ a, b }) => {
    await assert.rejects(a.sendMessage(b.self, 'normal', ''), hasCode('ErrMessageEmpty'));
    await assert.rejects(a.sendMessage(b.self, 'normal', 'é'.repeat(687)), hasCode('ErrMessageTooLarge'));
  });
}
