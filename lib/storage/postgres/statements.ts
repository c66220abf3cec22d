import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import { countable, neverOver, SOUND_MAIL, soundArrival, soundCounts, soundName } from './soundness';

/** What makes the numbers of locks differ between the schemas of one database, which has one room for them all. */
const SCHEMA = '(SELECT oid::bigint << 32 FROM pg_namespace WHERE nspname = current_schema())';
/** Low half of the number of the lock that a wave holds which is near a limit, alone, and others together. */
const CAPACITY = 2;
const SWEEPS = 3;

export const LOCK_CAPACITY = `SELECT pg_advisory_xact_lock(${SCHEMA} | ${CAPACITY})`;
export const SHARE_CAPACITY = `SELECT pg_advisory_xact_lock_shared(${SCHEMA} | ${CAPACITY})`;
/** Sweeps of several processes take turns, so that each finds the next slice. */
export const LOCK_SWEEP = `SELECT pg_advisory_xact_lock(${SCHEMA} | ${SWEEPS})`;

/**
 * Mailboxes and submitters, in the order given: the same everywhere, so that no two wait for each other. It also gives
 * how many others hold the lock of the capacity.
 */
export const LOCK_NAMES = `SELECT pg_advisory_xact_lock(k # ${SCHEMA}), (SELECT count(*)::int FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND objid = ${CAPACITY} AND pid <> pg_backend_pid()
    AND classid = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS others
  FROM unnest($1::bigint[]) AS k`;

/** Figures are kept within what a number of JavaScript and a column hold, whatever somebody wrote there. */
const MOST = Number.MAX_SAFE_INTEGER;
const bounded = (value: string) => `least(greatest(${value}, -${MOST}), ${MOST})::bigint`;

/** What lies under each name, and what all processes have stored in all. */
export const FIND = `SELECT k.place, m.number, m.submitter, m.expires, octet_length(m.envelope) AS bytes,
    ${SOUND_MAIL} AS sound, n.*
  FROM (SELECT age_seconds() AS now, ${bounded('coalesce(sum(messages), 0)')} AS all_messages,
    ${bounded('coalesce(sum(bytes), 0)')} AS all_bytes FROM totals) AS n
  CROSS JOIN unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS k (mailbox, storage_id, place)
  LEFT JOIN mail AS m ON m.mailbox = k.mailbox AND m.storage_id = k.storage_id
  ORDER BY k.place`;

export const COUNTS_OF_SUBMITTERS = `SELECT * FROM counts AS c WHERE submitter = ANY($1::bytea[]) AND messages > 0 AND ${soundCounts('c')}`;

export const COUNTS_OF_ALL = `SELECT submitter, sum(messages)::bigint AS messages, sum(bytes)::bigint AS bytes
  FROM counts AS c WHERE messages > 0 AND ${soundCounts('c')} GROUP BY submitter`;

export const DELETE = 'DELETE FROM mail WHERE number = ANY($1::bigint[])';

export const RENEW = `UPDATE mail SET deposited = k.deposited, expires = k.expires
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS k (number, deposited, expires) WHERE mail.number = k.number`;

export const INSERT = `WITH arrival AS MATERIALIZED (SELECT era_of_arrivals() << 40 AS era)
  INSERT INTO mail (number, mailbox, storage_id, submitter, tag, deposited, expires, envelope)
  SELECT (SELECT era FROM arrival) + nextval('arrivals'), k.mailbox, k.storage_id, k.submitter, k.tag, k.deposited, k.expires, k.envelope FROM (
    SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bytea[])
      WITH ORDINALITY AS u (mailbox, storage_id, submitter, tag, deposited, expires, envelope, place) ORDER BY place
  ) AS k RETURNING number, mailbox, submitter`;

const SUMS = `SELECT coalesce(sum(messages), 0) AS messages, coalesce(sum(bytes), 0) AS bytes
  FROM counts AS c WHERE ${soundCounts('c')}`;

/**
 * Changes of counts; a row that becomes empty stays a while, so that the other processes hear of it. One that cannot be
 * right is left as it is, and not given. The sum of all rows is kept in parts, since one row would let the processes
 * commit only one by one.
 */
export const COUNT = `WITH change AS (
    SELECT sum(m) AS messages, sum(b) AS bytes FROM unnest($3::integer[], $5::bigint[]) AS u (m, b)
  ), total AS (
    INSERT INTO totals SELECT pg_backend_pid() % 256, messages, bytes FROM change
    ON CONFLICT (part) DO UPDATE SET messages = ${bounded('totals.messages::numeric + excluded.messages')},
      bytes = ${bounded('totals.bytes::numeric + excluded.bytes')}
  )
  INSERT INTO counts (mailbox, submitter, messages, chunks, bytes, arrived, changed, written)
  SELECT k.mailbox, k.submitter, k.messages, k.chunks, k.bytes, k.arrived,
    pg_current_xact_id()::text::bigint, age_seconds()
  FROM unnest($1::bytea[], $2::bytea[], $3::integer[], $4::integer[], $5::bigint[], $6::bigint[])
    AS k (mailbox, submitter, messages, chunks, bytes, arrived)
  ON CONFLICT (mailbox, submitter) DO UPDATE SET messages = counts.messages + excluded.messages,
    chunks = counts.chunks + excluded.chunks, bytes = counts.bytes + excluded.bytes,
    arrived = greatest(counts.arrived, excluded.arrived), changed = excluded.changed, written = excluded.written
  WHERE ${soundCounts('counts')}
  RETURNING *, ${soundCounts('counts')} AS sound`;

/** Rows made from the mail that is there. */
export const COUNT_AGAIN = `INSERT INTO counts (mailbox, submitter, messages, chunks, bytes, arrived, changed, written)
  SELECT k.mailbox, k.submitter, n.messages, n.chunks, n.bytes, n.arrived,
    pg_current_xact_id()::text::bigint, age_seconds()
  FROM unnest($1::bytea[], $2::bytea[]) AS k (mailbox, submitter)
  CROSS JOIN LATERAL (
    SELECT count(*) AS messages, count(*) FILTER (WHERE octet_length(m.envelope) = ${CHUNK_ENVELOPE_BYTES}) AS chunks,
      coalesce(sum(octet_length(m.envelope)), 0) AS bytes, coalesce(max(m.number), 0) AS arrived
    FROM mail AS m WHERE m.mailbox = k.mailbox AND m.submitter = k.submitter AND ${countable('m')}
  ) AS n
  ON CONFLICT (mailbox, submitter) DO UPDATE SET messages = excluded.messages, chunks = excluded.chunks,
    bytes = excluded.bytes, changed = excluded.changed, written = excluded.written,
    arrived = greatest(excluded.arrived, CASE WHEN ${soundArrival('counts')} THEN counts.arrived END)
  RETURNING *`;

/** Some of the rows that cannot be right. */
export const UNSOUND_COUNTS = `SELECT mailbox, submitter FROM counts AS c
  WHERE ${soundName('c')} AND NOT ${soundCounts('c')} LIMIT $1`;

/** Rows that stand for no mail. */
export const FORGET_UNNAMED = `DELETE FROM counts AS c WHERE NOT ${soundName('c')}`;

/** Both are written in one statement, so they never differ in what another connection sees. */
export const TOTALS_DIFFER = `SELECT (t.messages, t.bytes) IS DISTINCT FROM (c.messages, c.bytes) AS differ
  FROM (SELECT coalesce(sum(messages), 0) AS messages, coalesce(sum(bytes), 0) AS bytes FROM totals) AS t,
    (${SUMS}) AS c`;

export const HOLD_TOTALS = 'LOCK TABLE totals IN SHARE ROW EXCLUSIVE MODE';
export const EMPTY_TOTALS = 'DELETE FROM totals';
export const ADD_UP = `INSERT INTO totals SELECT 0, messages, bytes FROM (${SUMS}) AS c`;

/** The earlier and the later one of two clocks, the server's and the one that is given. */
const EARLIER = '(SELECT least(age_seconds(), $2::bigint))';
const LATER = '(SELECT greatest(age_seconds(), $2::bigint))';
/** What is over by both clocks, and what somebody wrote who wanted it to stay. */
const OVER: readonly string[] = [`expires <= ${EARLIER}`, neverOver(LATER)];

export const DUE = `SELECT number, mailbox FROM (${OVER.map(
  (condition) => `(SELECT number, mailbox FROM mail WHERE ${condition} ORDER BY expires LIMIT $1)`,
).join(' UNION ALL ')}) AS due LIMIT $1`;

export const SWEEP = `DELETE FROM mail WHERE number = ANY($1::bigint[]) AND (${OVER.join(' OR ')})
  RETURNING mailbox, submitter, coalesce(octet_length(envelope), 0) AS bytes`;

/** Rows that have been empty for ten minutes: every process has heard of them. */
export const FORGET_EMPTY = `DELETE FROM counts WHERE (mailbox, submitter) IN (
  SELECT mailbox, submitter FROM counts WHERE messages = 0 AND written < age_seconds() - 600 FOR UPDATE SKIP LOCKED)`;

/** After a failover or in a restored copy transaction numbers may be lower than before: no row may be ahead of them. */
export const BACK_IN_TIME = `UPDATE counts SET changed = pg_current_xact_id()::text::bigint
  WHERE changed > pg_current_xact_id()::text::bigint`;

/** Numbers of an older state of the database may have been seen: from now on greater ones are given. */
export const NEW_ERA = 'UPDATE lineage SET era = era + 1';

/** What changed since a transaction number, and the one from which to ask next time. */
export const LOOK = `SELECT s.next, c.* FROM
  (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS next) AS s
  LEFT JOIN counts AS c ON c.changed >= $1 AND ${soundCounts('c')}`;

const NOW = '(SELECT age_seconds() AS now) AS n';

export const GET = `SELECT number, storage_id, tag, deposited, expires, envelope, n.now FROM ${NOW}, mail AS m
  WHERE mailbox = $1 AND storage_id = $2 AND expires > n.now AND ${SOUND_MAIL}`;

export const PAGE = `SELECT number, storage_id, tag, deposited, n.now FROM ${NOW}, mail AS m
  WHERE mailbox = $1 AND number > $2 AND expires > n.now AND ${SOUND_MAIL} ORDER BY number LIMIT $3`;

export const STATS = `SELECT coalesce(sum(messages), 0) AS messages, coalesce(sum(bytes), 0) AS bytes,
    count(DISTINCT mailbox) AS mailboxes,
    (SELECT greatest(0, n.now - deposited) FROM ${NOW}, mail AS m WHERE ${SOUND_MAIL} ORDER BY number LIMIT 1) AS oldest
  FROM counts AS c WHERE messages > 0 AND ${soundCounts('c')}`;
