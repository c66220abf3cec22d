import type { FlowValues } from '../../../nodes/runtime/typed/flow-values';
import type { IncomingMessage } from '../../../nodes/runtime/runtime';

type Callback = Parameters<FlowValues['evaluate']>[3];

/** Context stores and expressions that answer when the test says so. */
export class FakeFlowValues implements FlowValues {
  /** Evaluations that have not been answered, oldest first. */
  readonly asked: {
    readonly type: string;
    readonly value: string;
    readonly msg: IncomingMessage;
    readonly answer: Callback;
  }[] = [];
  /** Values that answer at once, such as `flow.x` or `env.X`. */
  readonly known = new Map<string, unknown>();

  property(msg: IncomingMessage, expression: string): unknown {
    return Reflect.get(msg, expression);
  }

  evaluate(value: string, type: string, msg: IncomingMessage, answer: Callback): void {
    const name = `${type}.${value}`;
    if (this.known.has(name)) answer(null, this.known.get(name));
    else if (type === 'env') answer(null, '');
    else if (type === 'json') answer(null, JSON.parse(value));
    else if (type === 'bin') answer(null, Buffer.from(JSON.parse(value) as number[]));
    else if (type === 'str' || type === 'bool') answer(null, type === 'str' ? value : value === 'true');
    else this.asked.push({ value, type, msg, answer });
  }

  checkExpression(expression: string): void {
    if (expression.startsWith('(') && !expression.endsWith(')')) throw new Error('a bracket is open');
  }

  copy(msg: IncomingMessage): IncomingMessage {
    return structuredClone(msg);
  }
}
