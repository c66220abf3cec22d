import assert from 'node:assert/strict';
import { readEnvelopeHeader } from '../../lib/protocol/envelope';
import { parseProfile } from '../../lib/identity/tox-profile';
import type { KeyPair } from '../../lib/types';
import { opensWith } from './support/attack';
import { History } from './support/history';

const FULL = process.env['FULL'] === '1';
const HISTORIES = FULL ? 500 : 16;
const STEPS = 60;
/** One history again: `SEED=history-7 npx mocha test/simulation` */
const ONLY = process.env['SEED'];

describe('any history of devices that send, crash, lose, restore and are attacked', function () {
  this.timeout(FULL ? 3_600_000 : 300_000);
  const totals = { steps: 0, accepted: 0, restores: 0, envelopes: 0, attacks: 0 };

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
        assertKeysOnce(history);
        totals.attacks += assertNothingOpens(history);
      } finally {
        await history.end();
      }
      totals.steps += STEPS;
      totals.accepted += history.accepted;
      totals.restores += history.restores;
      totals.envelopes += history.observer.seen.length;
    });
  }

  after(() => {
    console.log(`      ${JSON.stringify(totals)}`);
    if (!ONLY) assert.ok(totals.restores > 0 && totals.attacks > totals.accepted / 2);
  });
});

/** One key, one message; after a restore two, but under two nonces: these are hashes of headers that differ. */
function assertKeysOnce({ observer, restores }: History): void {
  const shared = observer.sharedKeys();
  if (restores === 0) assert.deepEqual(shared, []);
  for (const envelopes of shared) {
    const ephemerals = envelopes.map((envelope) =>
      Buffer.from(readEnvelopeHeader(envelope).ephemeral).toString('hex'),
    );
    assert.equal(new Set(ephemerals).size, envelopes.length);
  }
}

/** With every envelope of the history and either identity key; the attack works with the secret that is missing. */
function assertNothingOpens({ observer, devices }: History): number {
  const identities = new Map<string, KeyPair>();
  for (const device of devices)
    identities.set(device.name, parseProfile(device.manager.profile.savedata()).keyPair);
  let attacks = 0;
  for (const { envelope, sender } of observer.seen) {
    const preKey = observer.preKeyOf(envelope);
    const from = identities.get(sender);
    assert.ok(preKey && from);
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
