import type { RejectVector } from '../../../test/lib/vectors/support/vector-files';
import { rejectedCells } from './reject-cell';
import { rejectedChunks } from './reject-chunks';
import { rejectedEnvelopes } from './reject-envelopes';
import { rejectedExchanges } from './reject-exchanges';
import { rejectedCertificates } from './reject-fleet';
import { rejectedReceipts } from './reject-receipts';
import { rejectedInSession } from './reject-session';

/**
 * What must be refused. Our own code cannot make it, so the reference of the tests does; each differs from
 * something good in one thing only, and would be taken by who does not look at that thing.
 */
export function makeRejects(): RejectVector[] {
  return [
    ...rejectedEnvelopes(),
    ...rejectedChunks(),
    ...rejectedExchanges(),
    ...rejectedReceipts(),
    ...rejectedInSession(),
    ...rejectedCertificates(),
    ...rejectedCells(),
  ];
}
