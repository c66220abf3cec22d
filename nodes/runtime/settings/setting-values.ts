/**
 * Reading of message properties, and of what settings and messages have in common (settings.ts reads settings). Values
 * come from anywhere, so each is checked here, once.
 */
import { ToxAsyncError } from '../../../lib/index';
import type { Message } from '../runtime';

/** True for what counts as "not set": a message may fill it in. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** The node's own setting when it is set, else what the message says. */
export function settingOr(setting: unknown, fromMessage: unknown): unknown {
  return isBlank(setting) ? fromMessage : setting;
}

/** A line of text without blanks around it; '' when there is none. ErrInvalidArgument. */
export function textOf(value: unknown, what: string): string {
  if (isBlank(value)) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  throw new ToxAsyncError('ErrInvalidArgument', `${what} must be text.`);
}

/** One of `choices`, or `otherwise` when blank. ErrInvalidArgument. */
export function choiceOf<T extends string>(
  value: unknown,
  choices: readonly T[],
  otherwise: T,
  what: string,
): T {
  if (isBlank(value)) return otherwise;
  const choice = choices.find((each) => each === value);
  if (choice !== undefined) return choice;
  throw new ToxAsyncError('ErrInvalidArgument', `${what} must be one of: ${choices.join(', ')}.`);
}

/** A checkbox, also written as text; off when blank. ErrInvalidArgument. */
export function flagOf(value: unknown, what: string): boolean {
  return typeof value === 'boolean' ? value : choiceOf(value, ['true', 'false'], 'false', what) === 'true';
}

/** A number, also written as text, within bounds; `otherwise` when blank. ErrInvalidArgument. */
export function numberOf(
  value: unknown,
  o: { readonly min: number; readonly max: number; readonly otherwise: number },
  what: string,
): number {
  if (isBlank(value)) return o.otherwise;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
  if (number >= o.min && number <= o.max) return number;
  throw new ToxAsyncError('ErrInvalidArgument', `${what} must be a number from ${o.min} to ${o.max}.`);
}

/** `msg.action`, one of `actions`; undefined when the message names none. ErrInvalidArgument. */
export function actionOf<T extends string>(msg: Message, actions: readonly T[]): T | undefined {
  if (isBlank(msg.action)) return undefined;
  const action = actions.find((each) => each === msg.action);
  if (action !== undefined) return action;
  throw new ToxAsyncError('ErrInvalidArgument', `msg.action must be one of: ${actions.join(', ')}.`);
}
