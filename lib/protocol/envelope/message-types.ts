import { MessageType } from '../../constants';

/** The type byte of a plaintext: the specification's two and ours (docs/PROTOCOL.md, "Types"). */
export const PLAIN_TYPE = {
  normal: MessageType.Normal,
  action: MessageType.Action,
  binary: 2,
  json: 3,
  /** Receipts by mail (mail-receipts.ts). */
  receipts: 0x80,
  /** One-time keys by mail (mail-keys.ts). */
  keys: 0x81,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(PLAIN_TYPE));

export function isKnownType(type: number): boolean {
  return KNOWN.has(type);
}

/** Types whose data must be UTF-8. */
export function isTextType(type: number): boolean {
  return type === PLAIN_TYPE.normal || type === PLAIN_TYPE.action;
}
