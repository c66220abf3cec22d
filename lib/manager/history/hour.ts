/** What is counted of a session, hour by hour. Numbers alone: nothing says with whom. */
export interface HourCounts {
  /** Messages that were accepted into the outbox. */
  readonly sent: number;
  /** Messages that a first storage node confirmed; one that was sealed again counts again. */
  readonly stored: number;
  /** Messages for which a receipt came. */
  readonly delivered: number;
  /** Messages that ended as failed, expired or unconfirmed. A late receipt counts one of these as delivered too. */
  readonly failed: number;
  /** Messages that came to lie in the inbox. */
  readonly received: number;
  /** Messages of others that this session took to keep them. */
  readonly kept: number;
}

/** One hour of a session's history. */
export interface HistoryHour extends HourCounts {
  /** Since it began, seconds. */
  readonly age: number;
  /** The most messages that the outbox had when one was accepted into it. */
  readonly mostUnfinished: number;
}

/** An hour as it is written down. */
export type HourRecord = Omit<HistoryHour, 'age'>;

export const EMPTY_HOUR: HourRecord = {
  sent: 0,
  stored: 0,
  delivered: 0,
  failed: 0,
  received: 0,
  kept: 0,
  mostUnfinished: 0,
};
