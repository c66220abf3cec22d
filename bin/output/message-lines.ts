import type { ControlMessage } from '../../lib/index';
import { harmlessJson, printable, standingIn } from './streams';

/** A message as one line of JSON. A JSON payload stands in it as it travelled, with all digits of its numbers. */
export function jsonLine(message: ControlMessage): string {
  const { messageId: id, jsonText, ...others } = message;
  const line = JSON.stringify({ id, ...others });
  // Line ends in JSON are nothing but space between its tokens.
  const json = jsonText === undefined ? '' : `,"json":${jsonText.replace(/[\r\n]/g, ' ')}`;
  return `${harmlessJson(`${line.slice(0, -1)}${json}}`)}\n`;
}

/** A message for people: no line of it looks like the message of somebody else. */
export function textLine({
  friend,
  friendName,
  topic,
  kind,
  text,
  base64,
  jsonText,
}: ControlMessage): string {
  const sender = printable(friendName ?? friend.slice(0, 8));
  const label = topic === undefined ? '' : ` [${printable(topic)}]`;
  const content = standingIn(printable(text ?? jsonText ?? `(base64) ${base64 ?? ''}`));
  return kind === 'action' ? `* ${sender}${label} ${content}\n` : `${sender}${label}: ${content}\n`;
}
