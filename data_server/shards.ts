/** UFM's `?num_shards=N&shard=K`, which fetches one part of a source. */

/** Most shards of a source. */
export const SHARDS_MAX = 1_000;

/** Accepted sharding columns; both mean whole switches here. */
const SHARDING_FIELDS = ["node_guid", "port_guid"];

const WHOLE_NUMBER = /^\d{1,9}$/;

/** Part `shard` (counted from 0) of `num_shards`. */
interface Shard {
  num_shards: number;
  shard: number;
}

/** An invalid query; the message says what to change. */
export class ShardError extends Error {}

/** The requested shard; undefined for all rows. Ignores other parameters. @throws {ShardError} */
export function readShard(query: string): Shard | undefined {
  const parameters = new URLSearchParams(query);
  const num_shards_text = only(parameters, "num_shards");
  const shard_text = only(parameters, "shard");
  const field = only(parameters, "sharding_field");
  if (field !== undefined && !SHARDING_FIELDS.includes(field)) {
    throw new ShardError(`sharding_field=${field}: must be ${SHARDING_FIELDS.join(" or ")}`);
  }
  if (num_shards_text === undefined && shard_text === undefined) return undefined;
  if (num_shards_text === undefined) {
    throw new ShardError(`shard=${shard_text}: needs num_shards=1–${SHARDS_MAX} beside it`);
  }
  const num_shards = wholeNumber("num_shards", num_shards_text, 1, SHARDS_MAX);
  if (shard_text === undefined) {
    throw new ShardError(`num_shards=${num_shards}: needs shard=0–${num_shards - 1} beside it`);
  }
  return { num_shards, shard: wholeNumber("shard", shard_text, 0, num_shards - 1) };
}

/** Switches `from` … `to` − 1 of a shard: contiguous, of nearly equal sizes, disjoint. */
export function switchesOf(shard: Shard, switches: number): { from: number; to: number } {
  return {
    from: Math.floor(switches * shard.shard / shard.num_shards),
    to: Math.floor(switches * (shard.shard + 1) / shard.num_shards),
  };
}

function only(parameters: URLSearchParams, name: string): string | undefined {
  const values = parameters.getAll(name);
  if (values.length > 1) {
    throw new ShardError(`${name} is given ${values.length} times: give it once`);
  }
  return values[0];
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = WHOLE_NUMBER.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new ShardError(`${name}=${text}: must be a whole number ${min}–${max}`);
}
