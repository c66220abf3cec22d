import { isLabel, MAX_LABEL_BYTES, ToxAsyncError } from '../../lib/index';

/** What becomes of a topic: it travels with the message as its label, or is left out. */
export interface Label {
  /** '' for none. */
  readonly label: string;
  /** The message has a topic that cannot be a label. */
  readonly isLeftOut: boolean;
}

/**
 * The label of a message. A topic that comes along with it costs no alert; one that the node sets must be usable.
 * @param setting '' when the message says it
 * @throws ErrPayload the setting cannot be a label
 */
export function labelOf(setting: string, topic: unknown): Label {
  if (setting !== '') {
    if (isLabel(setting)) return { label: setting, isLeftOut: false };
    throw new ToxAsyncError(
      'ErrPayload',
      `The topic of this node cannot be sent: it must have at most ${MAX_LABEL_BYTES} bytes and no control characters. Change it, or clear it to use msg.topic.`,
    );
  }
  // The Inject node sets '' where nothing is typed.
  if (topic === undefined || topic === null || topic === '') return { label: '', isLeftOut: false };
  const isUsable = typeof topic === 'string' && topic.trim() !== '' && isLabel(topic);
  return { label: isUsable ? topic : '', isLeftOut: !isUsable };
}
