import { types } from 'node:util';
import { MAX_PAYLOAD_SIZE } from '../../constants';
import { ToxAsyncError } from '../../errors';
import { describeValue, shortPath } from './value-words';

/** Deepest nesting of lists and objects that is written, levels: receivers copy and print what they get. */
const DEEPEST = 500;

/** Half of a surrogate pair: it would arrive as another character. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The error for something that has no JSON form. @param path where it is, at most 81 characters; @param what it is */
export type NoForm = (path: string, what: string, cause?: unknown) => ToxAsyncError;

/**
 * The JSON of a value that comes out of it as it was, with every value of every kind inside. undefined members are left
 * out, a Date becomes its ISO text and an Error its text; nothing else changes.
 * @param path of the value, for the error
 * @throws what `noForm` makes, by default ErrInvalidArgument, where something has no such form; ErrMessageTooLarge
 */
export function faithfulJson(value: unknown, path: string, noForm: NoForm = invalidValue): string {
  return new Writer(noForm).write(value, path);
}

const invalidValue: NoForm = (path, what, cause) =>
  new ToxAsyncError(
    'ErrInvalidArgument',
    `${path} is ${what}, which JSON cannot carry as it is. Use text, finite numbers, booleans, null, lists and plain objects.`,
    { cause },
  );

/** A program can put anything into the properties of an Error. */
function errorText({ message, name }: { readonly message: unknown; readonly name: unknown }): string {
  return String(message === '' ? name : message);
}

class Writer {
  /** The lists and objects around the value that is being written. */
  readonly #around = new Set<object>();
  /** Characters so far: what shares its parts can be short in memory and endless as text. */
  #length = 0;
  readonly #noForm: NoForm;

  constructor(noForm: NoForm) {
    this.#noForm = noForm;
  }

  write(value: unknown, path: string): string {
    switch (typeof value) {
      case 'string':
        return this.#count(JSON.stringify(this.#wellFormed(value, path)));
      case 'boolean':
        return this.#count(String(value));
      case 'number':
        if (!Number.isFinite(value)) throw this.#refuse(path, String(value));
        return this.#count(Object.is(value, -0) ? '-0' : String(value));
      case 'object':
        return value === null ? this.#count('null') : this.#writeObject(value, path);
      case 'undefined':
      case 'function':
      case 'symbol':
      case 'bigint':
        throw this.#refuse(path, describeValue(value));
    }
  }

  #writeObject(value: object, path: string): string {
    const text = this.#textFor(value, path);
    if (text !== undefined) return this.#count(JSON.stringify(text));
    if (this.#around.has(value)) throw this.#refuse(path, 'an object or list that contains itself');
    if (this.#around.size === DEEPEST) throw this.#refuse(path, `nested more than ${DEEPEST} levels deep`);
    this.#around.add(value);
    this.#count('{}');
    const written = Array.isArray(value) ? this.#writeList(value, path) : this.#writeMembers(value, path);
    this.#around.delete(value);
    return written;
  }

  #writeList(list: readonly unknown[], path: string): string {
    if (Reflect.ownKeys(list).length !== list.length + 1)
      throw this.#refuse(path, 'a list with gaps or names');
    return `[${list.map((each, index) => this.write(each, `${path}[${index}]`)).join()}]`;
  }

  #writeMembers(value: object, path: string): string {
    if (!isPlain(value)) throw this.#refuse(path, describeValue(value));
    const members: string[] = [];
    for (const key of Reflect.ownKeys(value)) {
      if (!Object.prototype.propertyIsEnumerable.call(value, key)) continue;
      if (typeof key === 'symbol') throw this.#refuse(path, 'an object with a symbol for a name');
      const member = this.#member(value, key, memberPath(path, key));
      if (member === undefined) continue;
      const name = this.#count(JSON.stringify(this.#wellFormed(key, path)));
      members.push(`${name}:${this.write(member, memberPath(path, key))}`);
    }
    return `{${members.join()}}`;
  }

  #member(value: object, key: string, path: string): unknown {
    try {
      return Reflect.get(value, key);
    } catch (cause) {
      throw this.#refuse(path, 'something that throws when it is read', cause);
    }
  }

  /** The text that stands for a Date or an Error; undefined for anything else. */
  #textFor(value: object, path: string): string | undefined {
    if (types.isNativeError(value)) return this.#wellFormed(errorText(value), path);
    if (!types.isDate(value)) return undefined;
    // The time alone, whatever a flow has done to this Date's methods.
    const time = structuredClone(value);
    if (Number.isNaN(time.getTime())) throw this.#refuse(path, 'a Date that is no time');
    return time.toISOString();
  }

  #wellFormed(text: string, path: string): string {
    if (!LONE_SURROGATE.test(text)) return text;
    throw this.#refuse(path, 'text with half a character (a lone surrogate)');
  }

  #refuse(path: string, what: string, cause?: unknown): ToxAsyncError {
    return this.#noForm(shortPath(path), what, cause);
  }

  #count(text: string): string {
    this.#length += text.length;
    if (this.#length <= MAX_PAYLOAD_SIZE) return text;
    throw new ToxAsyncError(
      'ErrMessageTooLarge',
      `The payload is too large: as JSON it has more than the ${MAX_PAYLOAD_SIZE} bytes of a message. Send only the parts that matter.`,
    );
  }
}

/** Also one of a Function node, whose own globals are not ours; not one of a class. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf');
}

function memberPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
