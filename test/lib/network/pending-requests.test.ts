import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../lib/errors';
import { MAX_IN_LINE, MAX_WAITING, PendingRequests } from '../../../lib/network/pending-requests';
import type { AnswerMessage, MessageOf } from '../../../lib/network/requests';
import { SeededRandom, SimulatedTime } from '../../../lib/testing/simulated-platform';
import type { SessionMessage } from '../../../lib/protocol/session/message-kinds';
import { isCode } from '../../support/is-code';

const settled = () => new Promise((resolve) => setImmediate(resolve));

const list = { kind: 'list', after: 0, max: 1 } as const;
const id = (n: number) => new Uint8Array(16).fill(n);

function listAnswer(request: number): AnswerMessage {
  return { kind: 'list-answer', request, code: 'ok', more: false, items: [] };
}

function fetched(request: number, position: number): MessageOf<'fetched'> {
  return { kind: 'fetched', request, position, code: 'ok', age: position, envelope: new Uint8Array() };
}

describe('requests to a friend', () => {
  let time: SimulatedTime;
  let sent: SessionMessage[];
  let room: boolean;
  let requests: PendingRequests;

  beforeEach(() => {
    time = new SimulatedTime();
    sent = [];
    room = true;
    requests = new PendingRequests({
      timers: time.timers,
      random: new SeededRandom('requests'),
      send: (message) => room && sent.push(message) > 0,
    });
  });

  /** Number of the request that was sent as the nth, from 0. */
  function numberOf(nth: number): number {
    const message = sent[nth];
    assert.ok(message && 'request' in message);
    return message.request;
  }

  it('resolve with the answer that has their number', async () => {
    const first = requests.add(list);
    const second = requests.add({ kind: 'delete', storageIds: [id(1)] });
    assert.notEqual(numberOf(0), numberOf(1));
    requests.take({ kind: 'delete-answer', request: numberOf(1), code: 'ok', deleted: 1 });
    requests.take(listAnswer(numberOf(0)));
    assert.equal((await second).deleted, 1);
    assert.deepEqual(await first, listAnswer(numberOf(0)));
    assert.equal(time.pendingTimers, 0);
  });

  it('have the time that their caller gives them: 20 s, and a delivery 10 s, where none is given', async () => {
    const deliver = { kind: 'deliver', envelope: id(1) } as const;
    const failed: string[] = [];
    const failing = (name: string, request: Promise<unknown>) =>
      request.catch((error: unknown) => {
        failed.push(`${name} ${isCode('ErrTimeout')(error)}`);
      });
    void failing('deliver', requests.add(deliver));
    void failing('list', requests.add(list));
    void failing('chunk', requests.add(deliver, { timeoutMs: 30_000 }));
    await time.advance(9_999);
    assert.deepEqual(failed, []);
    await time.advance(1);
    assert.deepEqual(failed, ['deliver true']);
    await time.advance(10_000);
    assert.deepEqual(failed, ['deliver true', 'list true']);
    await time.advance(9_999);
    assert.equal(failed.length, 2);
    await time.advance(1);
    assert.equal(failed[2], 'chunk true');
  });

  it('never have the number of an earlier one, whose answer may still come', async () => {
    for (let n = 0; n < 3; n++) {
      const request = requests.add(list);
      requests.take(listAnswer(numberOf(n)));
      await request;
    }
    assert.equal(new Set([0, 1, 2].map(numberOf)).size, 3);
  });

  it('are not answered by an answer of another kind or another number', async () => {
    const request = requests.add(list);
    requests.take({ kind: 'delete-answer', request: numberOf(0), code: 'ok', deleted: 1 });
    requests.take(fetched(numberOf(0), 0));
    requests.take(listAnswer(numberOf(0) + 1));
    await time.advance(10);
    requests.take(listAnswer(numberOf(0)));
    assert.equal((await request).kind, 'list-answer');
  });

  it('of kind fetch resolve with all their answers in the order asked for', async () => {
    const request = requests.add({ kind: 'fetch', storageIds: [id(1), id(2), id(3)] });
    for (const position of [2, 0, 7]) requests.take(fetched(numberOf(0), position));
    // The first answer counts.
    requests.take({ ...fetched(numberOf(0), 0), age: 99 });
    requests.take(fetched(numberOf(0), 1));
    assert.deepEqual(
      (await request).map(({ age }) => age),
      [0, 1, 2],
    );
  });

  it('of kind fetch for nothing resolve at once', async () => {
    assert.deepEqual(await requests.add({ kind: 'fetch', storageIds: [] }), []);
    assert.deepEqual(sent, []);
  });

  it('fail after 20 s without an answer, and an answer that comes later is ignored', async () => {
    const request = requests.add(list);
    const failed = assert.rejects(request, isCode('ErrTimeout'));
    await time.advance(19_999);
    assert.equal(time.pendingTimers, 1);
    await time.advance(1);
    await failed;
    requests.take(listAnswer(numberOf(0)));
  });

  it('of kind deliver fail after 10 s: then the message goes to storage nodes as well', async () => {
    const failed = assert.rejects(
      requests.add({ kind: 'deliver', envelope: new Uint8Array(287) }),
      isCode('ErrTimeout'),
    );
    await time.advance(9_999);
    assert.equal(time.pendingTimers, 1);
    await time.advance(1);
    await failed;
  });

  it('of which part of the answers is missing fail', async () => {
    const failed = assert.rejects(
      requests.add({ kind: 'fetch', storageIds: [id(1), id(2)] }),
      isCode('ErrTimeout'),
    );
    requests.take(fetched(numberOf(0), 0));
    await time.advance(20_000);
    await failed;
  });

  it('wait in line while 64 wait for answers, and go out in order as those are answered', async () => {
    const all = Array.from({ length: MAX_WAITING + 2 }, (_, n) => requests.add({ ...list, after: n }));
    assert.equal(sent.length, 64);
    requests.take(listAnswer(numberOf(5)));
    await all[5];
    assert.deepEqual(sent.slice(MAX_WAITING), [
      { ...list, after: MAX_WAITING, request: numberOf(MAX_WAITING) },
    ]);
    requests.take(listAnswer(numberOf(MAX_WAITING)));
    await all[MAX_WAITING];
    assert.equal(sent.length, MAX_WAITING + 2);
    requests.close();
    await Promise.allSettled(all);
  });

  it('have their 20 s from the moment at which they go out', async () => {
    const all = Array.from({ length: MAX_WAITING + 1 }, () => requests.add(list));
    const outcomes = Promise.allSettled(all);
    await time.advance(20_000);
    assert.equal(sent.length, MAX_WAITING + 1);
    await time.advance(10_000);
    requests.take(listAnswer(numberOf(MAX_WAITING)));
    assert.equal((await outcomes).at(-1)?.status, 'fulfilled');
  });

  it('are refused when the line of 256 is full', async () => {
    assert.equal(MAX_IN_LINE, 256);
    const all = Array.from({ length: MAX_WAITING + MAX_IN_LINE }, () => requests.add(list));
    const outcomes = Promise.allSettled(all);
    await assert.rejects(requests.add(list), isCode('ErrRateLimited'));
    requests.close();
    assert.ok((await outcomes).every(({ status }) => status === 'rejected'));
  });

  it('are refused when too much waits for this friend', async () => {
    room = false;
    await assert.rejects(requests.add(list), isCode('ErrRateLimited'));
    assert.equal(time.pendingTimers, 0);
  });

  it('fail at once when the connection ends, sent or in line, and nothing more is sent', async () => {
    const all = Array.from({ length: MAX_WAITING + 5 }, () => requests.add(list));
    const outcomes = Promise.allSettled(all);
    requests.close();
    for (const outcome of await outcomes) {
      assert.ok(outcome.status === 'rejected' && isCode('ErrNotConnected')(outcome.reason));
    }
    assert.equal(sent.length, MAX_WAITING);
    assert.equal(time.pendingTimers, 0);
  });

  it('reject with the reason of their signal, and make room for the next', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('no longer wanted');
    const first = requests.add(list, { signal });
    const others = Array.from({ length: MAX_WAITING }, () => requests.add(list));
    assert.equal(sent.length, MAX_WAITING);
    controller.abort(reason);
    await assert.rejects(first, reason);
    assert.equal(sent.length, MAX_WAITING + 1);
    await assert.rejects(requests.add(list, { signal }), reason);
    assert.equal(sent.length, MAX_WAITING + 1);
    requests.close();
    await Promise.allSettled(others);
  });

  it('leave the line when their signal aborts', async () => {
    const all = Array.from({ length: MAX_WAITING }, () => requests.add(list));
    const controller = new AbortController();
    const inLine = assert.rejects(requests.add({ ...list, after: 1 }, { signal: controller.signal }));
    controller.abort();
    await inLine;
    requests.take(listAnswer(numberOf(0)));
    await settled();
    assert.equal(sent.length, MAX_WAITING);
    requests.close();
    await Promise.allSettled(all);
  });

  it('reject with what encoding them throws', async () => {
    const failing = new PendingRequests({
      timers: time.timers,
      random: new SeededRandom(1),
      send: () => {
        throw new ToxAsyncError('ErrInvalidArgument', 'too long');
      },
    });
    await assert.rejects(failing.add(list), isCode('ErrInvalidArgument'));
    assert.equal(time.pendingTimers, 0);
  });
});
