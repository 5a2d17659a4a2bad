/** Expected sizes of the next body. */
import type { Shard } from "../../contracts/mod.ts";
import type { ParseHints } from "../parse/mod.ts";
import type { Held } from "./accept.ts";

/** Memory for the chunk that follows the kept rows of a shard. */
const CHUNK_BYTES = 128 * 1024;

/**
 * Sizes by the announced length, else by the current snapshot. A shard keeps about 1/n of a body,
 * so the current snapshot is the better estimate.
 */
export function hintsFrom(held: Held | null, content_length: number, shard?: Shard): ParseHints {
  const { length, rows, columns } = held?.snapshot.table ?? { length: 0, rows: 0, columns: 0 };
  const cells = rows * (columns + 1);
  if (shard === undefined) return { body_bytes: content_length || length, cells };
  return { body_bytes: (length || Math.ceil(content_length / shard.count)) + CHUNK_BYTES, cells };
}
