import { inspect } from 'node:util';
import { copyable } from '../copyable';
import type { FlowNode, IncomingMessage, Message, Runtime } from '../runtime';

/** Where the values of typed inputs lie that are not typed in. */
export interface FlowValues {
  /** A property of a message, as `payload` or `alarm.level[0]`; undefined where there is none. */
  property(msg: IncomingMessage, expression: string): unknown;
  /** Node-RED's own evaluation; context stores may call back at once or much later. */
  readonly evaluate: (
    value: string,
    type: string,
    msg: IncomingMessage,
    callback: (error: unknown, result?: unknown) => void,
  ) => void;
  /** Throws when `expression` is not valid JSONata. */
  checkExpression(expression: string): void;
  /** A copy of a message, without what belongs to an HTTP request or cannot be copied. */
  copy(msg: IncomingMessage): IncomingMessage;
}

export function flowValues(RED: Runtime, node: FlowNode): FlowValues {
  const { util } = RED;
  return {
    property: (msg, expression) => {
      let found: unknown = msg;
      for (const key of util.normalisePropertyExpression(expression, msg)) {
        if (found === undefined || found === null) return undefined;
        found = Reflect.get(Object(found) as object, key);
      }
      return found;
    },
    evaluate: (value, type, msg, callback) =>
      util.evaluateNodeProperty(value, type, node, msg, (error, result: unknown) => {
        if (type !== 'jsonata') {
          callback(error, result);
          return;
        }
        let copy: unknown;
        try {
          // A list of JSONata has properties of its own, which a copy has not.
          copy = copyOf(RED, result);
        } catch (thrown) {
          callback(thrown);
          return;
        }
        callback(error, copy);
      }),
    checkExpression: (expression) => void util.prepareJSONataExpression(expression, node),
    copy: (msg) => ({ ...copyable(RED, msg, ['req', 'res']), _msgid: msg._msgid }),
  };
}

function copyOf({ util }: Runtime, value: unknown): unknown {
  return util.cloneMessage<Message & { value: unknown }>({ value }).value;
}

/** The words of whatever an evaluation threw: JSONata throws plain objects. */
export function failureText(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return typeof error === 'string' ? error : inspect(error);
}
