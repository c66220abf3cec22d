import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { EXIT } from '../../../bin/exit-codes';
import { CommandUser, newNetwork, type Run } from './command-user';

/** Two users who have keys of each other, and of whom nothing runs. */
export async function twoFriends(): Promise<{ readonly ann: CommandUser; readonly bob: CommandUser }> {
  const network = newNetwork();
  const ann = await CommandUser.of('Ann', network);
  const bob = await CommandUser.of('Bob', network);
  await ann.run(['init']);
  await bob.run(['init']);
  const served = [await serve(ann), await serve(bob)];
  for (const user of [ann, bob]) await keysOf(user);
  for (const run of served) assert.equal(await run.end(), EXIT.ok);
  return { ann, bob };
}

/** A running `serve` that is online. */
export async function serve(user: CommandUser): Promise<Run> {
  const run = user.start(['serve']);
  await run.says(/Serving/);
  return run;
}

/** Resolves once the user has keys of the first friend. */
export async function keysOf(user: CommandUser): Promise<void> {
  for (;;) {
    const { exitCode, out } = await user.run(['status', '--json']);
    const status = JSON.parse(exitCode === EXIT.ok ? out : '{}') as {
      friends?: { keys: { sendable: number } }[];
    };
    if ((status.friends?.[0]?.keys.sendable ?? 0) > 0) return;
    await setTimeout(50);
  }
}
