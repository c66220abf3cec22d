import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import { MAILBOX_BYTES, STORAGE_ID_BYTES, TAG_BYTES } from '../../protocol/names';

/**
 * Conditions by which statements pass over rows that this program cannot have written. Whoever may write to the database
 * can spoil a row; that must cost nothing but the row.
 */

export const SUBMITTER_BYTES = 16;
/** More than one submitter can have in one mailbox. */
const MOST_MESSAGES = 1_000_000;
/** Arrival numbers beyond it are no numbers of a record, and cursors beyond it no cursors. */
export const GREATEST_CURSOR = Number.MAX_SAFE_INTEGER;
/** Seconds: what a field of 4 bytes holds. */
const LONGEST = 4_294_967_295;

/** Of a row of `mail`: it can be counted. */
export const countable = (row: string): string =>
  `octet_length(${row}.envelope) BETWEEN 1 AND ${CHUNK_ENVELOPE_BYTES} AND ${row}.number BETWEEN 1 AND ${GREATEST_CURSOR}`;

/** Of a row of `mail` that is named m, in a statement in which n.now is the time. */
export const SOUND_MAIL = `(${countable('m')} AND octet_length(m.mailbox) = ${MAILBOX_BYTES}
  AND octet_length(m.storage_id) = ${STORAGE_ID_BYTES} AND octet_length(m.submitter) = ${SUBMITTER_BYTES}
  AND octet_length(m.tag) = ${TAG_BYTES}
  AND m.deposited >= n.now - ${LONGEST} AND m.expires <= n.now + ${LONGEST}) IS TRUE`;

/** Of a row of `mail`: it would be there for ever. @param now SQL of the time */
export const neverOver = (now: string): string => `expires > ${now} + ${LONGEST}`;

/** Of the name of a row of `counts`. */
export const soundName = (row: string): string =>
  `(octet_length(${row}.mailbox) = ${MAILBOX_BYTES} AND octet_length(${row}.submitter) = ${SUBMITTER_BYTES})`;

/** Of a number of an arrival there, which is 0 where none is known. */
export const soundArrival = (row: string): string =>
  `(${row}.arrived BETWEEN 0 AND ${GREATEST_CURSOR}) IS TRUE`;

/** Of its figures. */
export const soundFigures = (row: string): string =>
  `(${row}.messages BETWEEN 0 AND ${MOST_MESSAGES} AND ${row}.chunks BETWEEN 0 AND ${row}.messages
  AND ${row}.bytes BETWEEN ${row}.messages AND ${row}.messages::bigint * ${CHUNK_ENVELOPE_BYTES}) IS TRUE`;

/** Of the whole row. */
export const soundCounts = (row: string): string =>
  `(${soundName(row)} AND ${soundArrival(row)} AND ${soundFigures(row)})`;
