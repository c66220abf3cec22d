import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ToxAsyncError } from '../../lib/index';
import { CODE } from '../../lib/protocol/codes';
import { BUCKETS, ENVELOPE_SIZES } from '../../lib/protocol/envelope/envelope';
import { PLAIN_TYPE } from '../../lib/protocol/envelope/message-types';
import { decodeSessionMessage } from '../../lib/protocol/session/message-kinds';
import { ROOT } from '../../scripts/support/project';
import { readPage } from './support/pages';

const page = readPage('docs/PROTOCOL.md').text;

/** The text below a heading, up to the next one. */
function section(heading: string): string {
  const [, text = assert.fail(`no section '${heading}'`)] = page.split(`\n## ${heading}\n`);
  return text.split('\n## ')[0] ?? '';
}

/** Every file of lib/ as text. */
function sources(): string[] {
  const lib = path.join(ROOT, 'lib');
  return readdirSync(lib, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(lib, name), 'utf8'));
}

/** The name of the body that a kind has, as the error for a broken one says it; undefined for a kind that is none. */
function nameOfKind(kind: number): string | undefined {
  try {
    return decodeSessionMessage(kind, new Uint8Array())?.kind;
  } catch (error) {
    assert.ok(ToxAsyncError.is(error, 'ErrMalformed'));
    return /\b([a-z-]+) message/.exec(error.message)?.[1];
  }
}

describe('docs/PROTOCOL.md', () => {
  it('has the labels of all hashes, and no others', () => {
    const call = /labelledHash(?:Into)?\(\s*(?:[A-Z_]+,\s*)?[\w.#]+,\s*(?:'([\w-]+)'|([A-Z_]+))/g;
    const used = sources().flatMap((text) =>
      [...text.matchAll(call)].map(([, label, name = '']) => {
        return label ?? new RegExp(`const ${name} = '([\\w-]+)'`).exec(text)?.[1] ?? name;
      }),
    );
    const [, table = ''] = section('Notation').split('All labels');
    const rows = [...table.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell);
    const listed = rows.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, label]) => label));
    assert.deepEqual(listed.sort(), [...new Set(used)].sort());
  });

  it('has all codes with their numbers', () => {
    const rows = [...section('Codes').matchAll(/^\| (\d+) +\| `([\w-]+)` +\|/gm)];
    assert.deepEqual(Object.fromEntries(rows.map(([, code, word = '']) => [word, Number(code)])), CODE);
  });

  it('has all kinds of sealed messages with their numbers', () => {
    const rows = [...section('Sealed messages').matchAll(/^\| (0x\w\w) +\| `([\w-]+)` +\|/gm)];
    const listed = new Map(rows.map(([, kind, name]) => [Number(kind), name]));
    for (let kind = 0; kind < 256; kind += 1) assert.equal(nameOfKind(kind), listed.get(kind), `${kind}`);
  });

  it('has all types of what an envelope holds', () => {
    const rows = [...(section('Types').split('\n### ')[0] ?? '').matchAll(/^\| (\d|0x\w\w) +\|/gm)].map(
      ([, type]) => Number(type),
    );
    assert.deepEqual(rows, Object.values(PLAIN_TYPE));
  });

  it('has the sizes of envelopes', () => {
    const rows = [...section('Envelope').matchAll(/^\| (\d+) +\| (\d+) +\| (\d+) +\| \d +\|$/gm)];
    const sizes = rows.map(([, bucket, longest, envelope]) => [bucket, longest, envelope].map(Number));
    const sealed = ENVELOPE_SIZES.slice(0, BUCKETS.length);
    assert.deepEqual(
      sizes,
      BUCKETS.map((bucket, n) => [bucket, bucket - 3, sealed[n]]),
    );
  });
});
