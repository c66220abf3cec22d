/** Published test vectors. */

/** Hexadecimal digits, spaces ignored. */
export function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
}

/** NaCl's tests/box.c, secretbox.c and scalarmult.c; the keys are also those of RFC 7748, section 6.1. */
export const NACL_BOX = {
  aliceSecret: bytes('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
  alicePublic: bytes('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  bobSecret: bytes('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
  bobPublic: bytes('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
  shared: bytes('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'),
  boxKey: bytes('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389'),
  nonce: bytes('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37'),
  plain: bytes(`be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc
    e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31
    0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde
    048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864
    5e0705`),
  boxed: bytes(`f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce
    48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972
    71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae
    90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3
    7973f622a43d14a6599b1f654cb45a74e355a5`),
};

/** RFC 7748, section 5.2. The second input has bit 255 set, which X25519 ignores. */
export const RFC_7748 = [
  {
    scalar: bytes('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
    u: bytes('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
    out: bytes('c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552'),
  },
  {
    scalar: bytes('4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d'),
    u: bytes('e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493'),
    out: bytes('95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957'),
  },
];

const FF30 = 'ff'.repeat(30);

/** Points whose shared secret with anybody is zero: of low order, in every encoding. */
export const LOW_ORDER_POINTS = [
  bytes('00'.repeat(32)),
  bytes('01' + '00'.repeat(31)),
  bytes('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
  bytes('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'),
  bytes(`ec${FF30}7f`), // p - 1
  bytes(`ed${FF30}7f`), // p
  bytes(`ee${FF30}7f`), // p + 1
];

/** Those, the same with bit 255 set, other encodings above the prime, a good key with bit 255 set, wrong lengths. */
export const UNACCEPTABLE_KEYS = [
  ...LOW_ORDER_POINTS,
  ...LOW_ORDER_POINTS.map(withHighBit),
  bytes(`ef${FF30}7f`), // p + 2
  bytes(`ff${FF30}7f`), // 2^255 - 1
  bytes('ff'.repeat(32)),
  withHighBit(NACL_BOX.bobPublic),
  bytes(''),
  NACL_BOX.bobPublic.slice(0, 31),
  bytes('09'.repeat(33)),
];

/** The largest and smallest values that are still keys. */
export const ACCEPTABLE_KEYS = [
  NACL_BOX.bobPublic,
  bytes('02' + '00'.repeat(31)),
  bytes('09' + '00'.repeat(31)),
  bytes(`eb${FF30}7f`), // p - 2
  bytes(`fffe${'ff'.repeat(29)}7f`), // p less a little more than 2^8
  bytes(`ff${'ff'.repeat(29)}fe7f`),
  bytes(`ff${FF30}7e`),
];

function withHighBit(key: Uint8Array): Uint8Array {
  const changed = key.slice();
  changed[31] = (changed[31] ?? 0) | 0x80;
  return changed;
}
