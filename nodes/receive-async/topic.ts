import { toHex, ToxAsyncError, type AsyncManager, type MessageHead } from '../../lib/index';

/** What a flow gets as the topic of a message: the sender's label, else our name for the sender, else their key. */
export function topicOf(manager: Pick<AsyncManager, 'nameOf'>, { label, sender }: MessageHead): string {
  return label ?? manager.nameOf(sender) ?? toHex(sender);
}

/** Whether a topic is accepted. It is only read where the filter needs it. */
export type TopicFilter = (topic: () => string) => boolean;

/**
 * A filter as MQTT has them (MQTT 5.0, section 4.7): `+` is any one level, `#` at the end all levels from there on, or
 * none; '' accepts all topics.
 * @throws ErrInvalidArgument
 */
export function topicFilter(filter: string, what: string): TopicFilter {
  if (filter === '') return () => true;
  const wanted = filter.split('/');
  const isMisplaced = (level: string, index: number) =>
    level.length > 1 ? /[+#]/.test(level) : level === '#' && index < wanted.length - 1;
  if (wanted.some(isMisplaced)) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      `${what} must have + only as a whole level and # only as the last one, as in garden/+/temperature or garden/#.`,
    );
  }
  return (topic) => {
    const levels = topic().split('/');
    const isAccepted = (level: string, index: number) =>
      level === '#' || (index < levels.length && (level === '+' || level === levels[index]));
    return wanted.every(isAccepted) && (wanted.at(-1) === '#' || levels.length === wanted.length);
  };
}
