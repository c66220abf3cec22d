import { copyOf, readUtf8 } from '../../bytes';
import { PLAIN_TYPE } from '../../protocol/envelope/message-types';
import { readMessageContent, type MessageContent } from '../../protocol/envelope/message-content';
import type { Content } from '../../protocol/envelope/content';
import type { ReceivedContent } from '../messages';

/** As the handler gets it, sharing no memory with `data`; undefined for what is no whole message of a known type. */
export function receivedContent({
  type,
  data,
}: Content): (ReceivedContent & { readonly label: string | undefined }) | undefined {
  const message = readMessageContent(type, data);
  if (typeof message === 'string') return undefined;
  const label = message.label === '' ? undefined : message.label;
  const received = { ...valueOf(message), label };
  if (message.bytes.buffer !== data.buffer) message.bytes.fill(0);
  return received;
}

function valueOf({ inner, bytes }: MessageContent): ReceivedContent {
  const text = readUtf8(bytes) ?? '';
  switch (inner) {
    case PLAIN_TYPE.normal:
      return { kind: 'text', content: text };
    case PLAIN_TYPE.action:
      return { kind: 'action', content: text };
    case PLAIN_TYPE.binary:
      return { kind: 'binary', content: copyOf(bytes) };
    case PLAIN_TYPE.json:
      return { kind: 'json', content: JSON.parse(text) as unknown, jsonText: text };
  }
}
