import assert from 'node:assert/strict';
import { CODE } from '../../../lib/protocol/codes';
import { hex, publicOf } from './support/reference/bytes';
import { isBody } from './support/reference/bodies';
import { provesToken, readCellUri } from './support/reference/cell';
import { open } from './support/reference/envelope';
import { judgeExchange } from './support/reference/exchange';
import { takesCertificate } from './support/reference/fleet';
import { openChunk } from './support/reference/large';
import { isMailOfReceipts } from './support/reference/receipts';
import { echoOf, joinFrames, takesHello, unseal } from './support/reference/session';
import { readVectors, type RejectVector } from './support/vector-files';

/** What the reference says. */
function verdictOn(v: RejectVector): string {
  const orDropped = (taken: boolean) => (taken ? 'ok' : 'dropped');
  if ('envelope' in v) {
    const keys = {
      senderSecret: hex(v.senderSecret),
      preKeySecret: hex(v.preKeySecret),
      keySecret: hex(v.keySecret),
    };
    return open({ ...keys, recipientPublic: hex(v.recipientPublic) }, hex(v.envelope)).code;
  }
  if ('chunk' in v) {
    const opened = openChunk({ ...v, payloadKey: hex(v.payloadKey) }, hex(v.recipientPublic), hex(v.chunk));
    return typeof opened === 'string' ? opened : 'ok';
  }
  if ('exchange' in v) return judgeExchange(hex(v.toSecret), hex(v.from), hex(v.exchange));
  if ('receipts' in v) return isMailOfReceipts(hex(v.receipts)) ? 'ok' : 'malformed';
  if ('sealed' in v) return orDropped(unseal(hex(v.key), v.counter, hex(v.sealed)) !== undefined);
  if ('packets' in v) return orDropped(joinFrames(v.packets.map(hex)).length > 0);
  if ('uri' in v) return orDropped(readCellUri(v.uri) !== undefined);
  if ('request' in v) return orDropped(provesToken(hex(v.token), hex(v.device), v.request));
  if ('certificate' in v) {
    const before = v.before === undefined ? undefined : hex(v.before);
    return orDropped(takesCertificate(hex(v.certificate), hex(v.node), before));
  }
  if ('side' in v) {
    const mine = [publicOf(hex(v.secret)), ...(v.side === 1 ? [publicOf(hex(v.ephemeral))] : [])];
    return v.side === 1
      ? orDropped(takesHello(1, hex(v.hello2), mine, echoOf(hex(v.hello1).slice(1))))
      : orDropped(takesHello(2, hex(v.hello1), mine, new Uint8Array(8)));
  }
  return orDropped(isBody(v.kind, hex(v.body)));
}

describe('The vectors of what must be refused', () => {
  const vectors = readVectors('reject');

  for (const vector of vectors) {
    it(`${vector.why}: the reference says ${vector.code}`, () => {
      assert.equal(verdictOn(vector), vector.code);
    });
  }

  it('use only words of the table of codes, or say that nothing is answered', () => {
    for (const { code } of vectors) assert.ok(code === 'dropped' || code in CODE, code);
  });

  it('have each reason once', () => {
    assert.equal(new Set(vectors.map(({ why }) => why)).size, vectors.length);
  });
});
