/**
 * The few file operations this project needs, injected so that a test can tear and lose writes.
 * Paths are absolute. Errors are Node's own (`code` ENOENT, ENOSPC, EIO, ...).
 */
export interface Disk {
  /** Creates the folder and its parents, mode 0700. */
  makeFolder(path: string): Promise<void>;
  /** Names in a folder; empty when it does not exist. */
  list(path: string): Promise<string[]>;
  /** The whole file, or undefined when it does not exist. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /**
   * Replaces a file as a whole (temporary file `path`.tmp, sync, rename, sync of the folder), mode 0600. Of a link it
   * replaces the file that the link leads to.
   */
  writeFile(path: string, data: Uint8Array): Promise<void>;
  /** Deletes a file (no error when it is gone) and syncs the folder. */
  remove(path: string): Promise<void>;
  /** Opens for reading and writing in place, creating it with mode 0600. */
  open(path: string): Promise<DiskFile>;
  /** Gives a file another name in the same folder, durably; whatever had that name is gone. */
  move(from: string, to: string): Promise<void>;
  /** Of the name itself, not of what a link leads to; undefined: there is none. */
  kindOf(path: string): Promise<EntryKind | undefined>;
  /** How large a file is, and a text that changes whenever the file does; undefined when it does not exist. */
  stampOf(path: string): Promise<{ readonly size: number; readonly text: string } | undefined>;
  /** Tells the file or folder of this name from any other that has had it and is still open; undefined: there is none. */
  identify(path: string): Promise<string | undefined>;
  /** Bytes an ordinary user can still write on the volume of `path`. */
  freeBytes(path: string): Promise<number>;
  /** Size of the volume of `path`, bytes. */
  volumeBytes(path: string): Promise<number>;
}

/** What a name in a folder stands for; `other` is a socket, a device or the like. */
export type EntryKind = 'file' | 'folder' | 'link' | 'other';

/** A file written in place. Nothing is durable before `sync` resolves. */
export interface DiskFile {
  size(): Promise<number>;
  /** Bytes at `offset`; shorter at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
  write(offset: number, data: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}
