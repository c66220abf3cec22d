import { MessageType } from '../../constants';

/** The type byte of a plaintext: the specification's two and ours (docs/PROTOCOL.md, "Types"). */
export const PLAIN_TYPE = {
  normal: MessageType.Normal,
  action: MessageType.Action,
  binary: 2,
  json: 3,
  /** One of the four above with a label, deflated or large (extended-content.ts). */
  extended: 4,
  /** Receipts by mail (mail-receipts.ts). */
  receipts: 0x80,
  /** One-time keys by mail (mail-keys.ts). */
  keys: 0x81,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(PLAIN_TYPE));

export function isKnownType(type: number): boolean {
  return KNOWN.has(type);
}

/** The types that a user's message can have, by the number that stands for them alone and inside extended content. */
export type InnerType =
  typeof PLAIN_TYPE.normal | typeof PLAIN_TYPE.action | typeof PLAIN_TYPE.binary | typeof PLAIN_TYPE.json;

export function isInnerType(type: number): type is InnerType {
  return type === PLAIN_TYPE.binary || type === PLAIN_TYPE.json || isTextType(type);
}

/** Types whose data must be UTF-8. */
export function isTextType(type: number): type is MessageType {
  return type === PLAIN_TYPE.normal || type === PLAIN_TYPE.action;
}
