import { exampleFlow, FOR_VIRTUAL } from '../nodes/support/example-flow';
import { managerOf, NodeRed, until, type FlowEntry } from '../nodes/support/node-red';

/** What the editor makes of an example that is there already: the same tab with its config nodes, all under new ids. */
function copied(flow: readonly FlowEntry[]): FlowEntry[] {
  const ids = new Set(flow.map(({ id }) => id));
  const text = JSON.stringify(flow, (_key, value: unknown) =>
    typeof value === 'string' && ids.has(value) ? `${value}-copy` : value,
  );
  return JSON.parse(text) as FlowEntry[];
}

describe('A second import of an example', function () {
  this.timeout(30_000);

  for (const name of FOR_VIRTUAL) {
    it(`has sessions and a network of its own: ${name}`, async () => {
      const ours = exampleFlow(name).filter(({ type }) =>
        ['tab', 'storage-node', 'tox-transport'].includes(type),
      );
      const red = await NodeRed.start([...ours, ...copied(ours)]);
      try {
        const sessions = ours.filter(({ type }) => type === 'storage-node').map(({ id }) => id);
        for (const id of [...sessions, ...sessions.map((each) => `${each}-copy`)]) {
          const manager = await managerOf(red, id);
          const others = sessions.length - 1;
          await until(`${id} is online with ${others} others`, () => {
            const { online } = manager.counts();
            return online === others && manager.friends().length === others;
          });
        }
      } finally {
        await red.stop();
      }
    });
  }
});
