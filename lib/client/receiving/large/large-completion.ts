import { concat } from '../../../bytes';
import type { PeerNetwork } from '../../../network/peer-network';
import type { ReceiptCode } from '../../../protocol/codes';
import type { Content } from '../../../protocol/envelope/content';
import { readEnvelopeHeader } from '../../../protocol/envelope/envelope';
import { encodeExtended } from '../../../protocol/envelope/extended-content';
import { openChunk } from '../../../protocol/envelope/large/chunk';
import { joinLarge, type LargeContent } from '../../../protocol/envelope/large/large-content';
import { chunkRange } from '../../../protocol/envelope/large/large-layout';
import { PLAIN_TYPE } from '../../../protocol/envelope/message-types';
import type { AsyncClientHooks } from '../../client-options';
import type { BaseComponents } from '../../components';
import type { Assemblies, Assembly } from '../../journal/assemblies';
import type { OwedReceipts } from '../../journal/owed-receipts';
import type { Tombstones } from '../../journal/tombstones';
import type { IntakeTurn } from '../intake-turn';
import type { Origin, Received } from '../receive-result';
import { buryLarge, tombstonesOf } from './ending';

export interface LargeCompletionComponents extends Pick<BaseComponents, 'crypto'> {
  readonly assemblies: Pick<Assemblies, 'erase' | 'piece'>;
  readonly tombstones: Pick<Tombstones, 'add'>;
  readonly receipts: Pick<OwedReceipts, 'has' | 'owe'>;
  readonly network: Pick<PeerNetwork, 'isProven'>;
  readonly hooks: Pick<AsyncClientHooks, 'onMalformed'>;
}

export interface Complete {
  readonly assembly: Assembly;
  readonly content: LargeContent;
  /** Chunks of this batch; all others are kept. */
  readonly pieces: ReadonlyMap<number, Uint8Array>;
  /** Of the last piece. */
  readonly origin: Origin;
}

/**
 * All is there: in this batch the message goes into the inbox as one, its receipt is owed, and its pieces and their key
 * are erased.
 * @returns the answer to the last piece; undefined when there is no room to remember the message
 */
export async function completeLarge(
  components: LargeCompletionComponents,
  turn: IntakeTurn,
  complete: Complete,
): Promise<Received | undefined> {
  const { crypto, assemblies, tombstones, receipts, network, hooks } = components;
  const { assembly, origin } = complete;
  const { sender, messageId, lifetime, sentAt } = assembly;
  const { writes } = turn;
  const memory = turn.memory(sender);
  const owesReceipt = !receipts.has(sender, messageId);
  for (let left = tombstonesOf(assembly); left > 0; left -= 1) {
    if (!memory.takes({ owesReceipt: owesReceipt && left === 1 })) return undefined;
  }
  const message = messageOf(components, complete);
  const code: ReceiptCode = message === 'malformed' ? 'malformed' : 'ok';
  if (message === 'malformed') {
    writes.afterCommit(() => hooks.onMalformed(sender, messageId));
  } else {
    await turn.place({ sender, messageId, via: origin.via, sentAt }, message);
    crypto.wipe(message.data);
  }
  buryLarge(writes, tombstones, assembly, { code, lifetime });
  const mail = origin.via === 'stored';
  receipts.owe(writes, sender, { messageId, code }, { lifetime, sent: network.isProven(sender), mail });
  assemblies.erase(writes, assembly);
  return { code: 'ok', message: { sender, messageId, receipt: code, isLarge: true } };
}

/** In the form that it would have in an envelope without bounds. */
function messageOf(components: LargeCompletionComponents, complete: Complete): Content | 'malformed' {
  const { crypto } = components;
  const { inner, label, isDeflated } = complete.content;
  const payload = payloadOf(components, complete);
  const message = payload && joinLarge(complete.content, payload);
  if (payload === undefined || message === undefined || message === 'malformed') {
    if (payload) crypto.wipe(payload);
    return 'malformed';
  }
  if (message.bytes !== payload) crypto.wipe(message.bytes);
  if (label === '' && !isDeflated) return { type: inner, data: payload };
  const data = encodeExtended({ inner, isDeflated, isLarge: false, label, rest: payload });
  crypto.wipe(payload);
  return { type: PLAIN_TYPE.extended, data };
}

/** undefined when a kept piece does not open any more. */
function payloadOf(
  { crypto, assemblies }: LargeCompletionComponents,
  { assembly, content, pieces }: Complete,
): Uint8Array | undefined {
  const layout = { total: content.total, first: content.first.length };
  const data = assembly.tags.map((_tag, index) => {
    const envelope = pieces.get(index) ?? assemblies.piece(assembly, index);
    if (envelope === undefined) return undefined;
    const { from, to } = chunkRange(layout, index);
    const place = { mailbox: readEnvelopeHeader(envelope).mailbox, key: content.key, index };
    return openChunk(crypto, place, { envelope, length: to - from });
  });
  const opened = data.filter((piece) => piece !== undefined);
  const payload = opened.length === data.length ? concat(content.first, ...opened) : undefined;
  for (const piece of opened) crypto.wipe(piece);
  return payload;
}
