import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { toxIdQr } from '../../../../lib/identity/qr/tox-id-qr';
import { hasCode } from '../../../../lib/testing/has-code';

/**
 * Tox IDs, and the SHA-256 of what the npm package qrcode-generator 2.0.4 draws for them (version 4-L, `tox:` as bytes, the
 * digits as alphanumerics; rows of 0 and 1 with commas). One for each of the masks 1 to 6.
 */
const DRAWN_BY_ANOTHER = {
  E16C6954B20FFA720DDA0DAE3221CB86C4D82EE710E6BFD9BDBFF6C0B1D17484B002030441BA:
    '184ae2021cd3425da8f851116da63c89f2ff9de5fb429fe2455792500be6082f',
  CB66F41F282211857C41106D78701F997F1C1A731378777C2E451E3D517940FB47020304698C:
    '5a60c5857404a5d8cc34725327949c1663f39710ef7dbbf970460f981e168270',
  '1D92AD4B6987FA0347CC5D2FB6CF9E47C83F4F6CAEB3B5EF6F629730528921C3060203040327':
    '4ac18165ab998bb77749d900a6e6c2b0177712c1fc4a5c3612666747c6feef7b',
  FB848C99B9A43EC7866A23EA000C1939A168F5FF17314A0B88C7BE711D7EF7D0070203049D78:
    'b6fc35d351d9ce283ff943fd776d3491ff0a3b4c8a4b993c4d3d9fd0269a4fa6',
  '85DBD5963F2A27F857D01283842C19E814C604C3962BE88BD19D52DAB1BFDA14A4020304B147':
    '37dcb893fe2cbc38d855abf59c18b252a13460745f4cdc8c78df2a32a46eaba1',
  EA3EE8941E71E34EF51498E855FD1B827974373D8FF26FD302FAD134E55D38DA290203045631:
    '02661e4947dc94f9b5485004bad9a10f4cd580d548af96f95cddf78d9ca75aea',
};

const rowsOf = (toxId: string) => toxIdQr(toxId).map((row) => row.map((dark) => (dark ? '1' : '0')).join(''));

describe('the QR code of a Tox ID', () => {
  for (const [toxId, hash] of Object.entries(DRAWN_BY_ANOTHER)) {
    it(`is what another encoder draws for ${toxId.slice(0, 8)}`, () => {
      assert.equal(createHash('sha256').update(rowsOf(toxId).join()).digest('hex'), hash);
    });
  }

  it('is the same however the ID is written', () => {
    const [toxId = ''] = Object.keys(DRAWN_BY_ANOTHER);
    assert.deepEqual(rowsOf(`tox:${toxId.toLowerCase()}\n`), rowsOf(toxId));
  });

  it('is refused to what is no Tox ID', () => {
    assert.throws(() => toxIdQr('12'), hasCode('ErrInvalidToxId'));
  });
});
