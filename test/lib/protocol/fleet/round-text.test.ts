import assert from 'node:assert/strict';
import { toHex, utf8 } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { signCertificate } from '../../../../lib/protocol/fleet/certificate';
import { certificateText } from '../../../../lib/protocol/fleet/certificate-codec';
import { readRound, roundText } from '../../../../lib/protocol/fleet/round-text';

const crypto = createPortableProvider();
const digest = (name: string) => crypto.sha256(utf8(name));
const keyOf = (name: string) => crypto.keyPairFromSecret(digest(name)).publicKey;
const certified = (name: string) =>
  [
    keyOf(name),
    signCertificate(digest('fleet'), keyOf(name), { serial: 3, valid: 60, replicas: 2 }),
  ] as const;

describe('The text of a round of certificates', () => {
  const text = roundText(digest('secret'), [certified('one'), certified('two')]);

  it('gives each node its certificate, and all the secret', () => {
    const { secret, certificates } = readRound(text);
    assert.deepEqual(secret, digest('secret'));
    assert.deepEqual(certificates.get(keyOf('one')), certified('one')[1]);
    assert.deepEqual(certificates.get(keyOf('two')), certified('two')[1]);
    assert.equal(certificates.get(keyOf('three')), undefined);
  });

  it('may leave the secret out, be blank, and have other ends of lines', () => {
    const [, ...lines] = text.split('\n');
    assert.equal(readRound(lines.join('\n')).secret, undefined);
    assert.equal(readRound('').certificates.size, 0);
    assert.deepEqual(readRound(text.replaceAll('\n', '\r\n')), readRound(text));
  });

  it('is refused at a line that is neither, and the refusal names the line', () => {
    const [node, certificate] = certified('one');
    const good = `${toHex(node)} ${certificateText(certificate)}`;
    for (const line of [
      good.slice(1),
      good.slice(0, -1),
      `${good}AAAA`,
      `${good} more`,
      toHex(node),
      'Dear operator,',
    ]) {
      assert.throws(
        () => readRound(`${good}\n${line}`),
        { code: 'ErrInvalidArgument', message: /^Line 2 / },
        line,
      );
    }
    assert.throws(() => readRound('secret abc'), { code: 'ErrInvalidArgument', message: /64 hexadecimal/ });
  });
});
