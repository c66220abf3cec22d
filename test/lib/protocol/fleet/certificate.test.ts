import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { certifies, signCertificate } from '../../../../lib/protocol/fleet/certificate';
import { certificateText, readCertificateText } from '../../../../lib/protocol/fleet/certificate-codec';
import { hasCode } from '../../../../lib/testing/has-code';

const crypto = createPortableProvider();
const digest = (name: string) => crypto.sha256(utf8(name));
const node = crypto.keyPairFromSecret(digest('recipient identity')).publicKey;
const certificate = signCertificate(digest('fleet'), node, { serial: 7, valid: 604_800, replicas: 2 });

describe('a fleet certificate', () => {
  it('has the check values of the protocol', () => {
    assert.equal(
      toHex(certificate.fleetKey),
      'c356b3d3f4f6d32c8c1d1f0f95fe88e8c9a01f437c48171c5c7045f2330fcaa2',
    );
    assert.match(toHex(certificate.signature), /^e9441688bf1ea9c4/);
  });

  it('certifies its node and no other, with its own claims and no others', () => {
    assert.equal(certifies(certificate, node), true);
    assert.equal(certifies(certificate, digest('another')), false);
    for (const change of [
      { serial: 8 },
      { valid: 1 },
      { replicas: 1 },
      { fleetKey: digest('no point') },
      { signature: new Uint8Array(64) },
      { signature: certificate.signature.slice(1) },
    ]) {
      assert.equal(certifies({ ...certificate, ...change }, node), false, Object.keys(change)[0]);
    }
  });

  it('is a line of a file, which is refused when it is cut, longer, or valid for too long', () => {
    const text = certificateText(certificate);
    assert.match(text, /^[A-Za-z0-9_-]{140}$/);
    assert.deepEqual(readCertificateText(`${text}\n`), certificate);
    for (const wrong of ['', text.slice(0, -2), `${text}AA`]) {
      assert.throws(() => readCertificateText(wrong), hasCode('ErrMalformed'));
    }
    for (const valid of [0, 604_801]) {
      const other = signCertificate(digest('fleet'), node, { serial: 7, valid, replicas: 2 });
      assert.throws(() => readCertificateText(certificateText(other)), hasCode('ErrMalformed'));
    }
  });
});
