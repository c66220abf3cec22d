import assert from 'node:assert/strict';
import path from 'node:path';
import { fromHex, toHex, utf8 } from '../../lib/bytes';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { openIdentity } from '../../lib/identity/identity-file';
import { systemDisk } from '../../lib/platform/system/system-disk';
import { systemPlatform } from '../../lib/platform/system/system-platform';
import { mailboxOf } from '../../lib/protocol/names';
import type { NodeRedProcess } from '../support/node-red/node-red-process';
import { copyDirectory, lookIntoStore, whenFilesShow } from './disk-copy';
import { filesIn, filesWith } from './disk-search';
import { NODES } from './example';
import { slotSecretOf } from './one-time-key';
import { mailIn, namesIn, type StoredMail } from './stored-mail';
import { short, type Transcript } from './transcript';

/** What the data directories show: each method is one exhibit, tells of it, and throws when it is not so. */
export class Evidence {
  readonly #folderOf: (storageNode: string) => string;
  readonly #copies: string;
  readonly #crypto: CryptoProvider;
  readonly #transcript: Transcript;
  #mailbox: Uint8Array = new Uint8Array();
  #mail: StoredMail | undefined;
  #secret: Uint8Array | undefined;

  /**
   * @param folderOf a storage-node's data directory
   * @param copies folder for copies of data directories
   */
  constructor(
    folderOf: (storageNode: string) => string,
    copies: string,
    crypto: CryptoProvider,
    transcript: Transcript,
  ) {
    this.#folderOf = folderOf;
    this.#copies = copies;
    this.#crypto = crypto;
    this.#transcript = transcript;
  }

  /**
   * The Home Pi's files hold mail for the recipient, and the text in no form.
   * @param recipient public key, hexadecimal
   */
  async envelopeWithoutText(recipient: string, text: string): Promise<void> {
    const home = this.#folderOf(NODES.home);
    this.#mailbox = mailboxOf(this.#crypto, fromHex(recipient) ?? new Uint8Array());
    const holders = await filesWith(home, this.#mailbox);
    assert.notDeepEqual(holders, [], "No file of the Home Pi names the Phone's mailbox.");
    this.#transcript.tell(`mail for mailbox ${short(toHex(this.#mailbox))} is in ${holders.join(', ')}`);
    assert.deepEqual(await filesWith(home, utf8(text)), [], 'The Home Pi has the text of the alert.');
    const files = await filesIn(home);
    this.#transcript.tell(`"${text}" is in none of the ${files.length} files: raw, hex or base64`);
  }

  /** The one record of the recipient's mailbox; Node-RED does not run. */
  async storedRecord(): Promise<void> {
    const folder = await this.#copy(NODES.home);
    const [mail, ...others] = await lookIntoStore(folder, (store) =>
      mailIn(store, this.#mailbox, this.#crypto),
    );
    assert.ok(mail && others.length === 0, 'The Home Pi does not hold exactly one message for the Phone.');
    this.#mail = mail;
    const { header, envelope, record } = mail;
    this.#transcript.tell('the record at the Home Pi, all of it:');
    this.#transcript.detail(
      `envelope   ${envelope.length} bytes, the first 81 of them readable:`,
      `           mailbox ${short(toHex(header.mailbox))} (a hash of the recipient's key)`,
      `           one-time key ${short(toHex(header.tag))} (its tag)`,
      `           key ${short(toHex(header.ephemeral))} made for this envelope alone`,
      `index      storage id ${short(toHex(record.storageId))}, the tag again, ${record.bytes} bytes`,
      `           kept ${Math.round((record.expires - record.deposited) / 3600)} h, counted on the node's own clock`,
      `submitter  ${short(toHex(record.submitter))}: HMAC under a key that was only in memory`,
    );
    const device = await openIdentity({
      disk: systemDisk,
      random: systemPlatform.random,
      crypto: this.#crypto,
      path: path.join(await this.#copy(NODES.device), 'identity.tox'),
    });
    const { publicKey } = device.keyPair;
    assert.deepEqual(namesIn(mail, publicKey, this.#crypto), [], 'The record names the Device.');
    this.#transcript.tell(`nowhere in it: ${short(toHex(publicKey))}, the Device, its sender and submitter`);
  }

  /** The secret that opens the envelope is in the Phone's vault; Node-RED does not run. */
  async oneTimeKeyOnDisk(): Promise<void> {
    assert.ok(this.#mail, 'The record was not found.');
    const { tag } = this.#mail.header;
    const folder = await this.#copy(NODES.phone);
    this.#secret = await slotSecretOf(folder, tag, this.#crypto);
    const holders = await filesWith(folder, this.#secret);
    assert.deepEqual(holders, ['vault'], "The one-time key is not in the Phone's vault alone.");
    this.#transcript.tell(
      `the secret of one-time key ${short(toHex(tag))} is in the Phone's vault, and only there`,
    );
  }

  /** No file of the Phone has the secret any more. */
  async oneTimeKeyErased(): Promise<void> {
    const secret = this.#secret;
    assert.ok(secret, 'The one-time key was not found.');
    const phone = this.#folderOf(NODES.phone);
    await whenFilesShow('the one-time key is erased', phone, async () => {
      const holders = await filesWith(phone, secret);
      return holders.length === 0 ? undefined : `It is in ${holders.join(', ')}.`;
    });
    this.#transcript.tell("the one-time key is erased: its bytes are in no file of the Phone's");
  }

  /** The Home Pi, which runs, has nothing for the Phone any more. */
  async envelopeDeleted(red: NodeRedProcess): Promise<void> {
    const home = this.#folderOf(NODES.home);
    await whenFilesShow('the envelope is deleted at the Home Pi', home, async () => {
      const folder = await red.whileFrozen(() => this.#copy(NODES.home));
      const { length } = await lookIntoStore(folder, (store) => mailIn(store, this.#mailbox, this.#crypto));
      return length === 0 ? undefined : `It holds ${length}.`;
    });
    this.#transcript.tell("the envelope is deleted: the Phone's mailbox at the Home Pi is empty");
  }

  async #copy(storageNode: string): Promise<string> {
    const target = path.join(this.#copies, storageNode);
    await copyDirectory(this.#folderOf(storageNode), target);
    return target;
  }
}
