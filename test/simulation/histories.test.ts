import assert from 'node:assert/strict';
import { toHex } from '../../lib/bytes';
import { isServiceType } from '../../lib/client/mail-effects';
import { chooseCryptoProvider } from '../../lib/crypto/choose-provider';
import { openEnvelope } from '../../lib/protocol/open';
import { parseProfile } from '../../lib/identity/tox-profile';
import type { KeyPair } from '../../lib/types';
import { opensWith } from './support/attack';
import { History } from './support/history';

const crypto = chooseCryptoProvider();
const FULL = process.env['FULL'] === '1';
const HISTORIES = FULL ? 500 : 24;
const STEPS = 60;
/** One history again: `SEED=history-7 npx mocha test/simulation` */
const ONLY = process.env['SEED'];

describe('any history of devices that send, crash, lose, restore and are attacked', function () {
  this.timeout(FULL ? 3_600_000 : 300_000);
  const totals = {
    steps: 0,
    accepted: 0,
    restores: 0,
    swaps: 0,
    envelopes: 0,
    attacks: 0,
    shared: 0,
    resealed: 0,
  };

  const seeds = ONLY ? [ONLY] : Array.from({ length: HISTORIES }, (_, i) => `history-${i}`);
  for (const seed of seeds) {
    it(`delivers once or reports, agrees on keys, and opens to no thief (SEED=${seed})`, async () => {
      const history = new History(seed);
      try {
        await history.begin();
        for (let i = 0; i < STEPS; i += 1) {
          await history.step();
          assert.deepEqual(history.violations, [], history.did.join('\n'));
        }
        assert.deepEqual(await history.missing(), [], history.did.join('\n'));
        assert.deepEqual(history.violations, []);
        for (const [holder, owner, held, alive] of history.keys()) {
          assert.ok(held > 0 && held <= alive, `${holder} holds ${held} of ${alive} live keys of ${owner}`);
        }
        for (const [device, dead] of history.deadKeys()) assert.deepEqual(dead, [], `dead keys at ${device}`);
        totals.resealed += assertMessagesAreTheirs(history);
        totals.attacks += assertNothingOpens(history);
      } finally {
        await history.end();
      }
      totals.steps += STEPS;
      totals.accepted += history.ledger.sent.size;
      totals.restores += history.restores;
      totals.swaps += history.swaps;
      totals.shared += history.observer.sharedKeys().length;
      totals.envelopes += history.observer.seen.length;
    });
  }

  after(() => {
    console.log(`      ${JSON.stringify(totals)}`);
    if (ONLY) return;
    assert.ok(totals.restores > 0 && totals.swaps > 0 && totals.attacks > totals.accepted / 2);
    assert.ok(totals.shared > 0, 'no copy sealed to a key that its original used');
    assert.ok(totals.resealed > 0, 'no message lost its key');
  });
});

/**
 * Every envelope with a text is a message that its sender accepted for this recipient, under the id it was given.
 * @returns messages that were sealed to more than one key, each time under the same id
 */
function assertMessagesAreTheirs({ observer, devices, ledger }: History): number {
  const publicKeys = new Map(devices.map(({ name, pk }) => [name, pk]));
  const keysOf = new Map<string, Set<string>>();
  for (const { envelope, sender, recipient, preKey, tag } of observer.seen) {
    const [from, to] = [publicKeys.get(sender), publicKeys.get(recipient)];
    assert.ok(from && to);
    const opened = openEnvelope(crypto, { envelope, recipient: to, preKey, sender: from });
    assert.equal(opened.outcome, 'opened');
    if (isServiceType(opened.type)) continue;
    const text = Buffer.from(opened.data).toString();
    const sent = ledger.sent.get(text);
    assert.deepEqual([sent?.from, sent?.to, sent?.id], [sender, recipient, toHex(opened.messageId)], text);
    keysOf.set(text, (keysOf.get(text) ?? new Set()).add(tag));
  }
  return [...keysOf.values()].filter(({ size }) => size > 1).length;
}

/** With every envelope of the history and either identity key; the attack works with the secret that is missing. */
function assertNothingOpens({ observer, devices }: History): number {
  const identities = new Map<string, KeyPair>();
  for (const device of devices)
    identities.set(device.name, parseProfile(device.manager.profile.savedata()).keyPair);
  let attacks = 0;
  for (const { envelope, sender, preKey } of observer.seen) {
    const from = identities.get(sender);
    assert.ok(from);
    for (const recipient of identities.values()) {
      if (recipient === from) continue;
      const known = {
        envelope,
        sender: from.publicKey,
        recipient: recipient.publicKey,
        preKey: preKey.publicKey,
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
