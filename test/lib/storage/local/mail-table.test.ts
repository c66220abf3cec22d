import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toHex } from '../../../../lib/bytes';
import {
  BLOCK_BYTES,
  encodeEntry,
  entryAt,
  type MailRecord,
} from '../../../../lib/storage/local/mail-records';
import { MailTable } from '../../../../lib/storage/local/mail-table';
import { NameTable, viewOf } from '../../../../lib/storage/local/name-table';
import { OrdinalTable } from '../../../../lib/storage/local/ordinal-table';
import { bytesOf } from '../../../../lib/testing/engine/sample-mail';

const MAILBOXES = ['bob', 'carol', 'dave'].map((word) => bytesOf(word));
const SUBMITTERS = ['alice', 'mallory'].map((word) => bytesOf(word, 16));

/** Few different first bytes, so that ids are taken for each other unless they are compared to the end. */
function idOf(n: number): Uint8Array {
  const id = bytesOf(`id ${n}`, 16);
  id.set([0, 0, 0, n % 3]);
  return id;
}

function record(n: number, mailbox: number, submitter: number, expires: number): MailRecord {
  return {
    mailbox: MAILBOXES[mailbox] ?? assert.fail(),
    storageId: idOf(n),
    tag: bytesOf(`tag ${n}`, 16),
    submitter: SUBMITTERS[submitter] ?? assert.fail(),
    deposited: 0,
    expires,
    bytes: 287 + n,
  };
}

function add(table: MailTable, number: number, one: MailRecord): void {
  const block = new Uint8Array(BLOCK_BYTES);
  encodeEntry(block, number, one);
  table.add(number, block, entryAt(number));
}

type Model = Map<number, MailRecord>;

function assertSame(table: MailTable, model: Model): void {
  const of = (test: (one: MailRecord) => boolean) => [...model.values()].filter(test);
  const bytes = (list: readonly MailRecord[]) => list.reduce((sum, one) => sum + one.bytes, 0);
  assert.deepEqual(table.total, { messages: model.size, bytes: bytes([...model.values()]) });
  assert.deepEqual(
    [...table.numbers()].sort((a, b) => a - b),
    [...model.keys()].sort((a, b) => a - b),
  );
  const filled = MAILBOXES.filter((mailbox) => of((one) => one.mailbox === mailbox).length > 0);
  assert.equal(table.mailboxes, filled.length);
  for (const submitter of SUBMITTERS) {
    const mine = of((one) => one.submitter === submitter);
    assert.deepEqual(table.usageOf(submitter), { messages: mine.length, bytes: bytes(mine) });
    for (const mailbox of MAILBOXES) {
      const both = mine.filter((one) => one.mailbox === mailbox);
      assert.equal(table.countIn(mailbox, submitter), both.length);
    }
  }
  for (const mailbox of MAILBOXES) {
    const inIt = [...model].filter(([, one]) => one.mailbox === mailbox).map(([number]) => number);
    inIt.sort((a, b) => a - b);
    const numbers = (after?: number) => [...table.in(mailbox, after)].map((slot) => table.numberOf(slot));
    assert.deepEqual(numbers(), inIt);
    assert.deepEqual(
      numbers(10),
      inIt.filter((number) => number > 10),
    );
    assert.equal(table.countIn(mailbox), inIt.length);
  }
  for (const [number, one] of model) {
    const slot = slotOf(table, model, one);
    assert.equal(table.numberOf(slot), number);
    assert.equal(table.expiresOf(slot), one.expires);
    assert.equal(table.bytesOf(slot), one.bytes);
  }
}

function slotOf(table: MailTable, model: Model, { mailbox, storageId }: MailRecord): number {
  const isIt = (slot: number) =>
    toHex(model.get(table.numberOf(slot))?.storageId ?? new Uint8Array()) === toHex(storageId);
  return table.find(mailbox, storageId, isIt);
}

describe('table of mail', () => {
  const step = fc.oneof(
    fc.record({
      what: fc.constant('add' as const),
      number: fc.integer({ min: 1, max: 30 }),
      mailbox: fc.nat(2),
      submitter: fc.nat(1),
      expires: fc.integer({ min: 1, max: 50 }),
    }),
    fc.record({ what: fc.constant('remove' as const), number: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ what: fc.constant('renew' as const), number: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ what: fc.constant('sweep' as const), now: fc.nat(60), max: fc.integer({ min: 1, max: 5 }) }),
  );

  it('answers like a list of all mail, whatever was added, removed, renewed and swept', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const table = new MailTable();
        const model: Model = new Map();
        const drop = (number: number, slot: number) => {
          table.remove(slot);
          model.delete(number);
        };
        for (const one of steps) {
          if (one.what === 'sweep') {
            const due = table.due(one.now, one.max);
            const over = [...model.values()].filter(({ expires }) => expires <= one.now).length;
            assert.equal(due.length, Math.min(over, one.max));
            assert.equal(new Set(due).size, due.length);
            for (const slot of due) {
              assert.ok(table.expiresOf(slot) <= one.now);
              drop(table.numberOf(slot), slot);
            }
          } else if (one.what === 'add') {
            if (model.has(one.number)) continue;
            const added = record(one.number, one.mailbox, one.submitter, one.expires);
            add(table, one.number, added);
            model.set(one.number, added);
          } else {
            const known = model.get(one.number);
            if (!known) continue;
            const slot = slotOf(table, model, known);
            if (one.what === 'remove') drop(one.number, slot);
            else {
              table.renew(slot, known.expires + 20);
              model.set(one.number, { ...known, expires: known.expires + 20 });
            }
          }
          assertSame(table, model);
        }
      }),
    );
  });

  it('answers the same when all mail of a start came at once', () => {
    const table = new MailTable(10);
    const model: Model = new Map();
    const block = new Uint8Array(BLOCK_BYTES);
    for (let number = 3; number <= 600; number += 1 + (number % 3)) {
      const added = record(number, number % 3, number % 2, number);
      encodeEntry(block, number, added);
      table.fill(number, viewOf(block), entryAt(number));
      model.set(number, added);
    }
    table.link();
    assertSame(table, model);
    for (const number of [700, 2, 650]) {
      const added = record(number, 1, 1, number);
      add(table, number, added);
      model.set(number, added);
    }
    assertSame(table, model);
    table.link();
    assertSame(table, model);
  });

  it('grows to many thousands and gives slots again', () => {
    const table = new MailTable();
    const model: Model = new Map();
    for (let number = 1; number <= 3000; number++) {
      const added = record(number, number % 3, number % 2, number);
      add(table, number, added);
      model.set(number, added);
      if (number % 3 === 0) {
        const [slot = 0] = table.in(MAILBOXES[0] ?? assert.fail());
        model.delete(table.numberOf(slot));
        table.remove(slot);
      }
    }
    assertSame(table, model);
  });

  it('looks at each message once in a sweep, not at all of them for each slice', () => {
    const table = new MailTable();
    for (let number = 1; number <= 1000; number++) add(table, number, record(number, 0, 0, 5));
    const slots = new Set<number>();
    for (let slice = 0; slice < 20; slice++) for (const slot of table.due(5, 50)) slots.add(slot);
    assert.equal(slots.size, 1000);
  });
});

describe('table of ordinals', () => {
  it('finds each by its hash, also among many of the same one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.boolean())), (steps) => {
        const hashes = (ordinal: number) => ordinal % 4;
        const table = new OrdinalTable(hashes);
        const model = new Set<number>();
        for (const [ordinal, adds] of steps) {
          if (adds === model.has(ordinal)) continue;
          if (adds) table.add(ordinal);
          else table.remove(ordinal);
          if (adds) model.add(ordinal);
          else model.delete(ordinal);
          assert.equal(table.size, model.size);
          for (let each = 1; each <= 40; each++) {
            const found = table.find(hashes(each), (candidate) => candidate === each);
            assert.equal(found, model.has(each) ? each : 0);
          }
        }
      }),
    );
  });

  it('accepts only what has the hash', () => {
    const table = new OrdinalTable((ordinal) => ordinal * 64);
    table.add(1);
    assert.equal(
      table.find(128, () => true),
      0,
    );
    assert.equal(
      table.find(64, () => true),
      1,
    );
  });
});

describe('table of names', () => {
  it('gives each name one ordinal, and gives freed ones again', () => {
    const table = new NameTable();
    const names = Array.from({ length: 500 }, (_, n) => bytesOf(`name ${n}`));
    const ordinals = names.map((name) => table.add(viewOf(name), 0));
    assert.deepEqual(
      ordinals,
      names.map((_, n) => n + 1),
    );
    assert.equal(table.add(viewOf(names[7] ?? assert.fail()), 0), 8);
    assert.equal(table.size, 500);
    table.remove(8);
    assert.equal(table.find(viewOf(names[7] ?? assert.fail()), 0), 0);
    assert.equal(table.add(viewOf(bytesOf('another')), 0), 8);
    for (const [n, name] of names.entries()) assert.equal(table.find(viewOf(name), 0), n === 7 ? 0 : n + 1);
  });

  it('keeps numbers beside each name, 0 at first and again after its end', () => {
    const table = new NameTable(2);
    const names = Array.from({ length: 200 }, (_, n) => bytesOf(`name ${n}`));
    for (const name of names) {
      const ordinal = table.add(viewOf(name), 0);
      assert.deepEqual([table.field(ordinal, 0), table.field(ordinal, 1)], [0, 0]);
      table.setField(ordinal, 0, ordinal * 10);
      table.setField(ordinal, 1, 2 ** 32 - ordinal);
    }
    for (const name of names) {
      const ordinal = table.find(viewOf(name), 0);
      assert.deepEqual([table.field(ordinal, 0), table.field(ordinal, 1)], [ordinal * 10, 2 ** 32 - ordinal]);
    }
    table.remove(5);
    assert.equal(table.add(viewOf(bytesOf('another')), 0), 5);
    assert.deepEqual([table.field(5, 0), table.field(5, 1)], [0, 0]);
  });

  it('tells names apart that differ in one bit, wherever it is', () => {
    const table = new NameTable();
    const name = bytesOf('name', 16);
    table.add(viewOf(name), 0);
    for (let bit = 0; bit < 128; bit++) {
      const other = name.slice();
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(table.find(viewOf(other), 0), 0);
    }
  });
});
