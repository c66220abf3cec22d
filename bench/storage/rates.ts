import { withInFlight } from '../support/measure';
import { count, ratio, type Report } from '../support/report';
import { withFolder } from '../support/scratch';
import { openLimits } from './limits';
import { MailSource } from './mail';
import { fill, openNode, type EngineName } from './node';

const ROUNDS = 7;

/** What is stored, one at a time. */
export interface Subject {
  readonly name: string;
  put(): Promise<unknown>;
}

/** What one of them took. */
export interface Spent {
  readonly name: string;
  operations: number;
  milliseconds: number;
}

/**
 * Durable stores a second of engines that hold `messages` already, beside what their disk could do. All in turns,
 * so that a slow moment hits all; the rates are means, so what an engine puts off for a while counts.
 */
export function rates(engines: readonly EngineName[], messages: number): Promise<Report> {
  return withFolder(async (folder) => {
    const source = new MailSource(messages);
    const limits = await openLimits(folder, source, messages);
    const nodes = await Promise.all(engines.map((name) => openNode(name, `${folder}/${name}`)));
    for (const { engine } of nodes) await fill(engine, source, messages);
    const subjects: Subject[] = [
      ...limits,
      ...nodes.map(({ engine }, at) => ({
        name: `**${engines[at] ?? ''}**`,
        put: () => engine.put(source.next()),
      })),
    ];
    const alone = await inTurns(subjects, 1, messages > 10_000 ? 300 : 30);
    const together = await inTurns(subjects, 64, messages > 10_000 ? 4096 : 1024);
    for (const open of [...limits, ...nodes]) await open.close();
    return report(messages, alone, together);
  });
}

/** All in turns, so that a slow moment hits all. */
export async function inTurns(
  subjects: readonly Subject[],
  inFlight: number,
  operations: number,
): Promise<Spent[]> {
  const spent = subjects.map(({ name }) => ({ name, operations: 0, milliseconds: 0 }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, subject] of subjects.entries()) {
      const start = performance.now();
      await withInFlight(operations, inFlight, () => subject.put());
      const one = spent[at];
      if (!one) continue;
      one.operations += operations;
      one.milliseconds += performance.now() - start;
    }
  }
  return spent;
}

function report(messages: number, alone: readonly Spent[], together: readonly Spent[]): Report {
  const rate = (one: Spent | undefined) => (one ? (one.operations * 1000) / one.milliseconds : NaN);
  const rows = alone.map((one, at) => {
    const [single, many] = [rate(one), rate(together[at])];
    const against = (limit: number) =>
      `${ratio(single / rate(alone[limit]))} / ${ratio(many / rate(together[limit]))}`;
    return [one.name, count(single), count(many), against(0), against(1), against(2), against(3)];
  });
  return {
    title: `Durable stores, ${count(messages)} messages stored`,
    about:
      'Stores a second, alone and with 64 in flight, and their ratio to the bare records that the first rows ' +
      'write (alone / 64 in flight). "By mailbox" is the least that a mailbox can be listed from; "in its thread" ' +
      'goes through the thread that keeps a failed commit of lmdb from ending the process.',
    columns: [
      '',
      'alone',
      '64 in flight',
      'to the file',
      'to lmdb, appended',
      'to lmdb, by mailbox',
      'to lmdb in its thread',
    ],
    rows,
  };
}
