/**
 * Typed inputs of a dialog: a value that is typed in, or the place where it lies when a message comes (a property of
 * the message, a context store, a JSONata expression). The dialog saves two settings for each: `name` and `nameType`.
 */
import { ToxAsyncError } from '../../../lib/index';
import { nodeError } from '../node-error';
import type { IncomingMessage } from '../runtime';
import { isBlank } from '../settings/setting-values';
import { setting } from '../settings/settings';
import type { Eventually } from './eventually';
import { failureText, type FlowValues } from './flow-values';

export interface TypedInput {
  /**
   * 'message': the node says nothing, and the message's usual property counts; 'setting': the value was typed in or
   * comes from the environment, so a fault of it is one of the settings; 'flow': the node says where it lies.
   */
  readonly origin: 'message' | 'setting' | 'flow';
  /** How errors call it, such as msg.payload or flow.friend. */
  readonly name: string;
  /**
   * The value for a message, as `parse` makes it. A message is read at once, or copied at once, so that another branch
   * of the flow cannot change it; `parse` is called as soon as the value is there and must copy what it keeps.
   * @throws what `parse` throws; ErrInvalidArgument (the evaluation failed), at once or later
   */
  readonly read: <T>(msg: IncomingMessage, parse: (value: unknown) => T) => Eventually<T>;
}

/** What one input of a dialog may hold. */
export interface InputParts {
  /** The field, as a sentence begins. */
  readonly what: string;
  /** The message's property that counts when the node says nothing. */
  readonly property: string;
  /** The types of what is typed in, the usual one first, and how each is read: ErrInvalidArgument, SyntaxError. */
  readonly own: Readonly<Record<string, (value: unknown) => unknown>>;
  readonly values: FlowValues;
}

/** @throws ErrNotConfigured an unknown type, or a value that is none of its type; ErrEnvironment */
export function typedInput(value: unknown, type: unknown, parts: InputParts): TypedInput {
  const { what, property, own, values } = parts;
  const text = typeof value === 'string' ? value : '';
  if (isBlank(value) || (type === 'msg' && text.trim() === property)) {
    return {
      origin: 'message',
      name: `msg.${property}`,
      read: (msg, parse) => parse(Reflect.get(msg, property)),
    };
  }
  const kind = typeof type === 'string' ? type : (Object.keys(own)[0] ?? '');
  const typedIn = own[kind];
  if (typedIn !== undefined) return fixed(what, setting(value, what, readBy(typedIn)));
  switch (kind) {
    case 'env':
      return fixed(what, fromEnvironment(text.trim(), parts));
    case 'msg':
      return {
        origin: 'flow',
        name: `msg.${text}`,
        read: (msg, parse) => parse(values.property(msg, text)),
      };
    case 'flow':
    case 'global':
      return { origin: 'flow', name: `${kind}.${text}`, read: reader(text, kind, parts, (msg) => msg) };
    case 'jsonata':
      checkExpression(text, parts);
      return { origin: 'flow', name: what, read: reader(text, kind, parts, (msg) => values.copy(msg)) };
    default:
      throw new ToxAsyncError(
        'ErrNotConfigured',
        `${what} has the type "${kind}", which this node does not know. Choose another type in its dialog.`,
      );
  }
}

/** Reads a value that the settings hold before any message comes, so that `check` finds its faults at the start. */
export function checkInput({ origin, read }: TypedInput, check: (value: unknown) => void): void {
  if (origin === 'setting') void read({ _msgid: '' }, check);
}

function fixed(name: string, value: unknown): TypedInput {
  return { origin: 'setting', name, read: (_msg, parse) => parse(value) };
}

/** Faults of any kind as ErrInvalidArgument, which makes of them what `setting` throws. */
function readBy(read: (value: unknown) => unknown) {
  return (value: unknown, what: string): unknown => {
    try {
      return read(value);
    } catch (cause) {
      throw new ToxAsyncError('ErrInvalidArgument', `${what} cannot be used: ${failureText(cause)}`, {
        cause,
      });
    }
  };
}

/** A whole number of a subflow's environment stays one. */
function fromEnvironment(name: string, { what, values }: InputParts): unknown {
  let found: unknown;
  values.evaluate(name, 'env', { _msgid: '' }, (_error, result) => (found = result));
  // Node-RED has '' for a variable that is not there.
  return found === '' ? setting(name.startsWith('${') ? name : `\${${name}}`, what, () => found) : found;
}

function checkExpression(expression: string, { what, values }: InputParts): void {
  try {
    values.checkExpression(expression);
  } catch (cause) {
    throw new ToxAsyncError('ErrNotConfigured', `${what} is not valid JSONata: ${failureText(cause)}`, {
      cause,
    });
  }
}

function reader(
  value: string,
  type: string,
  { what, values }: InputParts,
  copy: (msg: IncomingMessage) => IncomingMessage,
): TypedInput['read'] {
  return <T>(msg: IncomingMessage, parse: (value: unknown) => T): Eventually<T> => {
    let outcome: (() => T) | undefined;
    const later = new Promise<T>((resolve, reject) => {
      values.evaluate(value, type, copy(msg), (error, result) => {
        const failed = error !== undefined && error !== null;
        outcome = attempted(() => {
          if (failed) throw failure(what, error);
          return parse(result);
        });
        try {
          resolve(outcome());
        } catch (thrown) {
          reject(nodeError(thrown));
        }
      });
    });
    // It may fail before anybody listens: other inputs are read first.
    later.catch(() => undefined);
    return outcome === undefined ? later : outcome();
  };
}

/** What `run` returned or threw, to be had again. */
function attempted<T>(run: () => T): () => T {
  try {
    const value = run();
    return () => value;
  } catch (thrown) {
    return () => {
      throw thrown;
    };
  }
}

function failure(what: string, cause: unknown): ToxAsyncError {
  return new ToxAsyncError('ErrInvalidArgument', `${what} could not be evaluated: ${failureText(cause)}`, {
    cause,
  });
}
