import { isLabel, MAX_LABEL_BYTES, ToxAsyncError } from '../../lib/index';
import type { TypedInput } from '../runtime/typed/typed-input';

/** What becomes of a topic: it travels with the message as its label, or is left out. */
export interface Label {
  /** '' for none. */
  readonly label: string;
  /** The message has a topic that cannot be a label. */
  readonly isLeftOut: boolean;
}

/**
 * The label of a message. A topic that comes along with it costs no alert; one that the node names must be usable.
 * @param origin of the topic
 * @param name of the topic, for the error
 * @throws ErrPayload a topic that the node sets or chooses cannot be a label
 */
export function labelOf(topic: unknown, { origin, name }: Pick<TypedInput, 'origin' | 'name'>): Label {
  // The Inject node sets '' where nothing is typed.
  if (topic === undefined || topic === null || topic === '') return { label: '', isLeftOut: false };
  if (typeof topic === 'string' && topic.trim() !== '' && isLabel(topic)) {
    return { label: topic, isLeftOut: false };
  }
  if (origin === 'message') return { label: '', isLeftOut: true };
  throw new ToxAsyncError(
    'ErrPayload',
    `${name} cannot be the topic: a topic is text of at most ${MAX_LABEL_BYTES} bytes, not blank, without control characters. Change it, or clear the field to use msg.topic.`,
  );
}
