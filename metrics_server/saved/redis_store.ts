/** Stored snapshots in Redis (or Valkey), one key a source. */
import { ConnectionError, RedisClient, type RedisClientOptions } from "../redis/mod.ts";
import { rejectTooLong, type SnapshotStore } from "./snapshot_store.ts";

const KEY_PREFIX = "fabric-telemetry:snapshot:";

/** Longest wait of a load for a connection to Redis; later ones are made in the background. */
const CONNECT_WAIT_MS_MAX = 1000;

type RedisStoreOptions = Pick<
  RedisClientOptions,
  "address" | "dial" | "later" | "random" | "reply_bytes_max"
>;

/** A store on a Redis server of version 6 or newer. */
export function redisStore(options: RedisStoreOptions): SnapshotStore {
  /** Settles with the attempt to connect that is in progress or comes next. */
  let attempt = newAttempt();
  const client = new RedisClient({
    ...options,
    channels: [],
    onConnected: () => attempt.resolve(),
    onLost(detail) {
      attempt.reject(new ConnectionError(detail));
      attempt = newAttempt();
    },
    onMessage() {},
  });
  client.start();
  return {
    async load(key, bytes_max) {
      if (!client.connected) await within(CONNECT_WAIT_MS_MAX, attempt.promise);
      const length = await client.send("STRLEN", `${KEY_PREFIX}${key}`);
      rejectTooLong(Number(length), bytes_max);
      const reply = await client.send("GET", `${KEY_PREFIX}${key}`);
      if (reply === null || reply instanceof Uint8Array) return reply;
      throw new ConnectionError("the reply to GET is no string");
    },
    async save(key, parts) {
      const reply = await client.send("SET", `${KEY_PREFIX}${key}`, parts);
      if (reply !== "OK") throw new ConnectionError("the reply to SET is not OK");
    },
    has: async (key) => await client.send("STRLEN", `${KEY_PREFIX}${key}`) !== 0,
    close: () => client.stop(),
  };

  function within(timeout_ms: number, connected: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = options.later(
      timeout_ms,
      () => late.reject(new ConnectionError(`no connection within ${timeout_ms} ms`)),
    );
    return Promise.race([connected, late.promise]).finally(cancel);
  }
}

function newAttempt(): PromiseWithResolvers<void> {
  const attempt = Promise.withResolvers<void>();
  // A load may wait for it, or none.
  attempt.promise.catch(() => {});
  return attempt;
}
