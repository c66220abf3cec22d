import type * as Noble from '@noble/post-quantum/ml-kem.js';

/**
 * ML-KEM-768 in JavaScript, loaded for the first key agreement or envelope that needs it: reading it and making its
 * tables would be a tenth of a start.
 */
export function loadMlKem768(): typeof Noble.ml_kem768 {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- when it is needed, and without a wait
  const { ml_kem768 } = require('@noble/post-quantum/ml-kem.js') as typeof Noble;
  return ml_kem768;
}
