import assert from 'node:assert/strict';
import { topicFilter } from '../../../nodes/receive-async/topic';

const accepted = (filter: string, ...topics: string[]) => {
  const accepts = topicFilter(filter, 'The topic filter');
  return topics.filter((topic) => accepts(() => topic));
};

describe('A filter for topics', () => {
  it('takes the topic itself, and nothing else', () => {
    assert.deepEqual(accepted('a/b', 'a/b', 'a', 'a/b/c', 'a/B', 'a/b/', '/a/b'), ['a/b']);
    assert.deepEqual(accepted('Leak in the cellar', 'Leak in the cellar', 'Leak'), ['Leak in the cellar']);
  });

  it('takes any one level for +', () => {
    assert.deepEqual(accepted('a/+/c', 'a/b/c', 'a//c', 'a/c', 'a/b/b/c', 'x/b/c'), ['a/b/c', 'a//c']);
    assert.deepEqual(accepted('+', 'a', '', 'a/b'), ['a', '']);
    assert.deepEqual(accepted('+/+', 'a/b', '/b', 'a'), ['a/b', '/b']);
  });

  it('takes all levels from there on for #, or none', () => {
    assert.deepEqual(accepted('a/#', 'a', 'a/b', 'a/b/c', 'ab', 'b/a'), ['a', 'a/b', 'a/b/c']);
    assert.deepEqual(accepted('#', 'a', '', 'a/b'), ['a', '', 'a/b']);
    assert.deepEqual(accepted('+/b/#', 'a/b', 'a/b/c', 'a/c'), ['a/b', 'a/b/c']);
  });

  it('takes everything when it is blank, and does not read the topic then', () => {
    assert.equal(
      topicFilter('', 'x')(() => assert.fail('read')),
      true,
    );
  });

  it('is refused where + or # is a part of a level, or # is not the last one', () => {
    for (const filter of ['a+', 'a/b#', '#/a', 'a/#/b', '++']) {
      assert.throws(() => topicFilter(filter, 'The topic filter'), {
        code: 'ErrInvalidArgument',
        message: /^The topic filter must have \+ only as a whole level/,
      });
    }
  });
});
