/** Stored snapshots in a folder, one file a source. */
import type { SnapshotStore } from "./snapshot_store.ts";

/** Longest head of a stored snapshot: the lines before its body. */
const HEAD_BYTES_MAX = 128 * 1024;

/**
 * A store in `folder`, which is created with the first snapshot. A snapshot replaces the one before
 * by a rename, after fsync: a crash or a power cut leaves the old or the new one whole.
 */
export function fileStore(folder: string): SnapshotStore {
  return {
    async load(key, bytes_max) {
      try {
        using file = await Deno.open(`${folder}/${key}.snapshot`);
        const { size } = await file.stat();
        const size_max = bytes_max + HEAD_BYTES_MAX;
        if (size > size_max) throw new Error(`the entry has ${size} bytes: at most ${size_max}`);
        return new Uint8Array(await new Response(file.readable).arrayBuffer());
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return null;
        throw error;
      }
    },
    async save(key, parts) {
      const path = `${folder}/${key}.snapshot`;
      await Deno.mkdir(folder, { recursive: true });
      // One writer a source: a file left by a crash is overwritten.
      await writeDurably(`${path}.partial`, parts);
      await Deno.rename(`${path}.partial`, path);
      using opened = await Deno.open(folder);
      await opened.sync();
    },
    close() {},
  };
}

async function writeDurably(path: string, parts: readonly Uint8Array[]): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  for (let part of parts) {
    while (part.length > 0) part = part.subarray(await file.write(part));
  }
  await file.sync();
}
