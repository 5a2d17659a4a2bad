/** Stored snapshots in Redis (or Valkey), one key a source. */
import { ConnectionError, RedisClient, type RedisClientOptions } from "../redis/mod.ts";
import type { SnapshotStore } from "./snapshot_store.ts";

const KEY_PREFIX = "fabric-telemetry:snapshot:";

/** Longest wait for the first connection to Redis; later ones are made in the background. */
const CONNECT_WAIT_MS_MAX = 1000;

export type RedisStoreOptions = Pick<
  RedisClientOptions,
  "address" | "dial" | "later" | "random" | "reply_bytes_max"
>;

/** A store on a Redis server of version 6 or newer. */
export function redisStore(options: RedisStoreOptions): SnapshotStore {
  const first = Promise.withResolvers<void>();
  const client = new RedisClient({
    ...options,
    channels: [],
    onConnected: first.resolve,
    onLost: (detail) => first.reject(new ConnectionError(detail)),
    onMessage() {},
  });
  first.promise.catch(() => {});
  client.start();
  return {
    async load(key) {
      const cancel = options.later(
        CONNECT_WAIT_MS_MAX,
        () => first.reject(new ConnectionError(`no connection within ${CONNECT_WAIT_MS_MAX} ms`)),
      );
      await first.promise.finally(cancel);
      const reply = await client.send("GET", `${KEY_PREFIX}${key}`);
      return reply instanceof Uint8Array ? reply : null;
    },
    async save(key, parts) {
      await client.send("SET", `${KEY_PREFIX}${key}`, parts);
    },
    close: () => client.stop(),
  };
}
