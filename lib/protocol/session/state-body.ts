import { MAX_LIVE_BATCHES_PER_PEER } from '../../constants';
import { BITMAP_BYTES, fromBitmap, toBitmap } from '../keys/key-bitmap';
import { readBatch, writeBatch } from '../keys/key-list';
import { NODE_HINT_BYTES } from '../names';
import type { Codec } from './body-codec';
import type { State } from './session-message';

const HOLDS_MAIL = 1;
const MAX_HINTS = 16;
const MAX_OPEN_NODES = 4;
const TOX_ADDRESS_BYTES = 38;

/**
 * flags 1 | held 2 | n 1 | n x (batch 3 | bitmap 13) | n 1 | n x node hint 8 | n 1 | n x Tox address 38
 * (docs/PROTOCOL.md, "State"). Unknown flags are ignored.
 */
export const stateCodec: Codec<State> = {
  write({ holdsMail, held, batches, hints, openNodes }, w) {
    w.u8(holdsMail ? HOLDS_MAIL : 0).u16(held);
    w.count(batches, MAX_LIVE_BATCHES_PER_PEER).each(batches, ({ batch, live }) => {
      writeBatch(w, batch);
      w.bytes(toBitmap(live));
    });
    w.count(hints, MAX_HINTS).each(hints, (hint) => w.fixed(hint, NODE_HINT_BYTES));
    w.count(openNodes, MAX_OPEN_NODES).each(openNodes, (address) => w.fixed(address, TOX_ADDRESS_BYTES));
  },

  read(r) {
    const holdsMail = (r.u8() & HOLDS_MAIL) !== 0;
    const held = r.u16();
    const batches = r.list(r.count(MAX_LIVE_BATCHES_PER_PEER), () => ({
      batch: readBatch(r),
      live: fromBitmap(r.bytes(BITMAP_BYTES)),
    }));
    const numbers = new Set(batches.map(({ batch }) => batch));
    if (numbers.size < batches.length) throw r.bad('it names a batch twice');
    const hints = r.list(r.count(MAX_HINTS), () => r.bytes(NODE_HINT_BYTES));
    const openNodes = r.list(r.count(MAX_OPEN_NODES), () => r.bytes(TOX_ADDRESS_BYTES));
    return { kind: 'state', holdsMail, held, batches, hints, openNodes };
  },
};
