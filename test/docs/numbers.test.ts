import assert from 'node:assert/strict';
import * as constants from '../../lib/constants';
import * as keys from '../../lib/forward-security/key-limits';
import { MAX_CERTIFICATE_LIFE } from '../../lib/protocol/fleet/certificate';
import { MAX_MAIL_KEYS } from '../../lib/protocol/keys/mail-keys';
import { PACKET_WINDOW } from '../../lib/transport/transport';
import { JOIN_CAP, OPEN_CAP } from '../../lib/transport/friend-admission';
import { STORAGE_LIMITS } from '../../lib/storage/storage-limits';
import { readPage } from './support/pages';

const DAY = 86_400;
const n = (value: number) => value.toLocaleString('en-US');
const MB = 1_000_000;

/** What pages say of constants: the page, and the words with the number as the code has it. */
const SAID: readonly (readonly [page: string, words: string])[] = [
  ['README.md', `A payload has at most ${n(constants.MAX_PAYLOAD_SIZE)} bytes`],
  [
    'README.md',
    `default ${constants.DEFAULT_MESSAGE_LIFETIME / DAY} days, at most ${constants.MAX_MESSAGE_LIFETIME / DAY}`,
  ],
  [
    'docs/WIRING.md',
    `At most ${n(constants.MAX_OUTBOX_MESSAGES)} messages and ${constants.MAX_OUTBOX_BYTES / MB} MB wait in the outbox`,
  ],
  ['docs/WIRING.md', `A topic is text of at most ${constants.MAX_LABEL_BYTES} bytes`],
  [
    'docs/WIRING.md',
    `last ${constants.URGENT_KEYS_PER_PEER} keys of each friend's stock and ${constants.URGENT_OUTBOX_MESSAGES} places`,
  ],
  ['docs/WIRING.md', `at most ${PACKET_WINDOW} packets for a friend wait in the bridge`],
  ['docs/WIRING.md', `(of ${OPEN_CAP}, unless the dialog says otherwise)`],
  ['docs/COMMAND.md', `friends (${OPEN_CAP})`],
  ['docs/COMMAND.md', `friends (${JOIN_CAP})`],
  ['docs/COMMAND.md', `(\`--cap\` MB, ${constants.DEFAULT_STORAGE_CAP_BYTES / MB} if it is not given)`],
  ['docs/FLEET.md', `A certificate holds for ${MAX_CERTIFICATE_LIFE / DAY} days at most`],
  [
    'docs/guides/faq.md',
    `lives ${constants.DEFAULT_MESSAGE_LIFETIME / DAY} days by default, ${constants.MAX_MESSAGE_LIFETIME / DAY} at most`,
  ],
  ['docs/guides/faq.md', `no keys for ${constants.MAX_PRE_KEY_AGE / DAY} days`],
  [
    'docs/SECURITY.md',
    `at most ${constants.MAX_MESSAGES_PER_RECIPIENT} messages into one mailbox, ${STORAGE_LIMITS.maxChunksPerRecipient} of them chunks`,
  ],
  [
    'docs/SECURITY.md',
    `outbox (${n(constants.MAX_OUTBOX_MESSAGES)} messages, ${constants.MAX_OUTBOX_BYTES / MB} MB)`,
  ],
  [
    'docs/PROTOCOL.md',
    `outbox holds ${n(constants.MAX_OUTBOX_MESSAGES)} messages and ${n(constants.MAX_OUTBOX_BYTES)} bytes`,
  ],
  ['docs/PROTOCOL.md', `places free in it, of ${n(constants.MAX_INBOX_MESSAGES)}`],
  ['docs/PROTOCOL.md', `The ${n(constants.MAX_INBOX_BYTES)} bytes of the inbox`],
  [
    'docs/PROTOCOL.md',
    `Default lifetime ${n(constants.DEFAULT_MESSAGE_LIFETIME)} (7 days), at most ${n(constants.MAX_MESSAGE_LIFETIME)}`,
  ],
  ['docs/PROTOCOL.md', `up to k = ${constants.DEFAULT_COPIES} [candidates]`],
  ['docs/PROTOCOL.md', `One batch of 1 to ${MAX_MAIL_KEYS} keys`],
  ['docs/PROTOCOL.md', `at most ${keys.MAX_HELD_KEYS_PER_PEER} keys held with these`],
  ['docs/PROTOCOL.md', `at most ${n(keys.ISSUE_BUDGET)} keys in an hour`],
  [
    'docs/PROTOCOL.md',
    `remembers their tags for ${keys.ERASED_MEMORY / DAY} days, ${n(keys.MAX_ERASED_KEYS_PER_PEER)} of a peer`,
  ],
  [
    'docs/PROTOCOL.md',
    `rate of the submitter: ${STORAGE_LIMITS.storeBurst} at once, then ${STORAGE_LIMITS.storesPerSecond} a second`,
  ],
  [
    'docs/PROTOCOL.md',
    `${constants.STORAGE_PERCENTAGE} % of the available disk space, at least ${n(constants.MIN_STORAGE_BYTES)} and at most ${n(constants.MAX_STORAGE_BYTES)} bytes`,
  ],
  [
    'docs/PROTOCOL.md',
    `at least ${n(constants.MIN_STORAGE_CAPACITY)} and at most ${n(constants.MAX_STORAGE_CAPACITY)}`,
  ],
  ['docs/PROTOCOL.md', `(default ${n(constants.DEFAULT_STORAGE_CAP_BYTES)} bytes)`],
];

/** The rows of PROTOCOL.md's table of key life, and what the code has. */
const KEY_LIFE: readonly (readonly [row: string, value: number])[] = [
  ['PRE_KEYS_PER_PEER', constants.PRE_KEYS_PER_PEER],
  ['reserved (added)', constants.RESERVED_KEYS_PER_PEER],
  ['urgent (added)', constants.URGENT_KEYS_PER_PEER],
  ['PRE_KEY_REFRESH_THRESHOLD', constants.PRE_KEY_REFRESH_THRESHOLD],
  ['MAX_PRE_KEY_AGE', constants.MAX_PRE_KEY_AGE],
  ['longest lifetime (added)', constants.MAX_MESSAGE_LIFETIME],
  ['erasure (added)', constants.MAX_PRE_KEY_AGE + constants.MAX_MESSAGE_LIFETIME + keys.ERASE_SLACK],
  ['retry of an exchange (added)', keys.EXCHANGE_RETRY_AGE],
  ['live secrets per peer (added)', constants.MAX_LIVE_KEYS_PER_PEER],
  ['memory of batches (added)', keys.BATCH_MEMORY],
  ['forgettable (added)', keys.BATCH_FORGETTABLE_AFTER],
];

describe('The numbers in the pages', () => {
  /** As one line: where a page breaks it is the formatter's choice. */
  const textOf = (file: string) => readPage(file).text.replace(/\s+/g, ' ');

  for (const [file, words] of SAID) {
    it(`${file}: ${words}`, () => {
      assert.ok(textOf(file).includes(words));
    });
  }

  it('of the life of keys are those of the code', () => {
    const [, rest = ''] = readPage('docs/PROTOCOL.md').text.split('\n## Key life\n');
    const rows = [...rest.matchAll(/^\| ([\w ()]+?) +\| ([\d,]+)/gm)].slice(0, KEY_LIFE.length);
    assert.deepEqual(
      rows.map(([, row, value = '']) => [row, Number(value.replaceAll(',', ''))]),
      KEY_LIFE,
    );
  });
});
