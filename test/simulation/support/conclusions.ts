import assert from 'node:assert/strict';
import { toHex } from '../../../lib/bytes';
import { isServiceType } from '../../../lib/client/receiving/service-mail-effects';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { parseProfile } from '../../../lib/identity/tox-profile';
import { openEnvelope } from '../../../lib/protocol/envelope/open';
import type { KeyPair } from '../../../lib/types';
import { opensWith } from './attack';
import type { History } from './history';

const crypto = chooseCryptoProvider();

/**
 * Every envelope with a text is a message that its sender accepted for this recipient, under the id it was given.
 * @returns messages that were sealed to more than one key, each time under the same id
 */
export function assertMessagesAreTheirs({ observer, parties, ledger }: History): number {
  const publicKeys = new Map(parties.map(({ name, pk }) => [name, pk]));
  const keysOf = new Map<string, Set<string>>();
  for (const { envelope, sender, recipient, preKey, keySecret, tag } of observer.seen) {
    const [from, to] = [publicKeys.get(sender), publicKeys.get(recipient)];
    assert.ok(from && to);
    const input = { envelope, recipient: to, preKey, keySecret, sender: from };
    const opened = openEnvelope(crypto, input);
    assert.equal(opened.outcome, 'opened');
    if (isServiceType(opened.type)) continue;
    const text = Buffer.from(opened.data).toString();
    const sent = ledger.sent.get(text);
    assert.deepEqual([sent?.from, sent?.to, sent?.id], [sender, recipient, toHex(opened.messageId)], text);
    keysOf.set(text, (keysOf.get(text) ?? new Set()).add(tag));
  }
  return [...keysOf.values()].filter(({ size }) => size > 1).length;
}

/**
 * With every envelope of the history, the secret q of its key and either identity key; the attack works with the secret
 * that is missing.
 */
export function assertNothingOpens({ observer, parties }: History): number {
  const identities = new Map<string, KeyPair>();
  for (const { name, device } of parties)
    identities.set(name, parseProfile(device.manager.profile.savedata()).keyPair);
  let attacks = 0;
  for (const { envelope, sender, preKey, keySecret } of observer.seen) {
    const from = identities.get(sender);
    assert.ok(from);
    for (const recipient of identities.values()) {
      if (recipient === from) continue;
      const known = {
        envelope,
        sender: from.publicKey,
        recipient: recipient.publicKey,
        preKey: preKey.publicKey,
        keySecret,
      };
      if (!opensWith(preKey.secretKey, known)) continue;
      attacks += 1;
      assert.ok(!opensWith(from.secretKey, known), "the sender's identity opens its message");
      assert.ok(!opensWith(recipient.secretKey, known), "the recipient's identity alone opens a message");
    }
  }
  assert.equal(attacks, observer.seen.length, 'with its one-time key every envelope opens');
  return attacks;
}
