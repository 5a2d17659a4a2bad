/** Stored snapshots in a folder, one file a source. */
import { rejectTooLong } from "./snapshot_store.ts";

export interface FileStore {
  /**
   * The stored entry, or null if there is none. Rejects if the disk fails, and with an
   * {@link EntryError}, unread, for an entry too long to hold a body of `bytes_max`.
   */
  load(key: string, bytes_max: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Replaces the entry by these parts, in order: all of it or nothing. */
  save(key: string, parts: readonly Uint8Array<ArrayBuffer>[]): Promise<void>;
}

/**
 * A store in `folder`, which is created with the first snapshot. A snapshot replaces the one before
 * by a rename, after fsync: a crash or a power cut leaves the old or the new one whole.
 */
export function fileStore(folder: string): FileStore {
  return {
    async load(key, bytes_max) {
      try {
        using file = await Deno.open(`${folder}/${key}.snapshot`);
        const { size } = await file.stat();
        rejectTooLong(size, bytes_max);
        return await readAll(file, size);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    async save(key, parts) {
      const path = `${folder}/${key}.snapshot`;
      await Deno.mkdir(folder, { recursive: true });
      // One writer a source: a file left by a crash is overwritten.
      const partial = `${path}.partial`;
      try {
        await writeDurably(partial, parts);
        await Deno.rename(partial, path);
      } catch (error) {
        // On a full disk, it would occupy what others need.
        await Deno.remove(partial).catch(() => {});
        throw error;
      }
      // Windows opens no folders; NTFS keeps renames in its journal.
      if (Deno.build.os === "windows") return;
      using opened = await Deno.open(folder);
      await opened.sync();
    },
  };
}

/** Reads into one block: bodies are long. A file that has shrunk meanwhile is truncated. */
async function readAll(file: Deno.FsFile, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const length = await file.read(bytes.subarray(filled));
    if (length === null) break;
    filled += length;
  }
  return bytes.subarray(0, filled);
}

async function writeDurably(path: string, parts: readonly Uint8Array[]): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  for (let part of parts) {
    while (part.length > 0) part = part.subarray(await file.write(part));
  }
  await file.sync();
}
