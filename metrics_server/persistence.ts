/** Opens what `SNAPSHOT_STORE` names, and binds each source to it. */
import type { StoreStats } from "../contracts/mod.ts";
import type { FromPollWorker, StoreSettings } from "./messages.ts";
import type { Persistence, PolledSource } from "./polled_source.ts";
import { type Dial, redisAddress } from "./redis/mod.ts";
import { Leaderships, Replica, sharedStore } from "./replicas/mod.ts";
import { fileStore, folderOf, Keeper, StoreHealth } from "./saved/mod.ts";

/** Clocks, timers, randomness and the connection to Redis. */
interface World {
  epoch_ms(): number;
  monotonic_ms(): number;
  random(): number;
  later(delay_ms: number, run: () => void): () => void;
  readonly dial: Dial;
}

export interface PersistenceOptions extends StoreSettings, World {
  /** Names of the sources, see `sourceName`. */
  readonly sources: readonly string[];
  /** Random name of this process among the replicas. */
  readonly replica_id: string;
  post(message: FromPollWorker): void;
}

export interface OpenPersistence {
  of(source: PolledSource, bytes_max: number): Persistence;
  start(): void;
  close(): void;
}

export function openPersistence(options: PersistenceOptions): OpenPersistence {
  const { setting } = options;
  if (setting === "") return NONE;
  const folder = folderOf(setting);
  return folder === null ? inRedis(options) : inFolder(folder, options);
}

/** Memory only. */
const NONE: OpenPersistence = {
  of: ({ poller }) => ({
    start: () => Promise.resolve(poller.start()),
    polled() {},
    stop: () => Promise.resolve(),
  }),
  start() {},
  close() {},
};

function inFolder(folder: string, options: PersistenceOptions): OpenPersistence {
  const { save_ms, monotonic_ms, later } = options;
  const store = fileStore(folder);
  const health = healthOf("file", options);
  return {
    ...NONE,
    of(polled_source, bytes_max) {
      const { poller, name: source } = polled_source;
      const keeper = new Keeper({
        monotonic_ms,
        later,
        store,
        source,
        bytes_max,
        save_ms,
        health,
        poller,
        isEmpty: () => polled_source.snapshot === null,
        onIgnored: (detail) => warn(options, "snapshot.ignored", { source, detail }),
      });
      return {
        start: () => keeper.start(polled_source.snapshot === null),
        polled: (outcome) => keeper.polled(outcome),
        stop: () => keeper.stop(),
      };
    },
  };
}

function inRedis(options: PersistenceOptions): OpenPersistence {
  const { setting, lease_ms, replica_id, sources, monotonic_ms, random, later, post } = options;
  const address = redisAddress(setting);
  if (typeof address === "string") throw new TypeError(`SNAPSHOT_STORE: ${address}`);
  const replicas: Replica[] = [];
  const store = sharedStore(
    { address, dial: options.dial, random, later, replica_id, lease_ms },
    sources,
    (source, news) => replicas[source]?.take(news),
  );
  const leaderships = new Leaderships(sources.length, random);
  const health = healthOf("redis", options);
  return {
    of: (source, bytes_max) =>
      replicas[source.index] = new Replica({
        monotonic_ms,
        random,
        later,
        replica_id,
        source: source.name,
        bytes_max,
        lease_ms,
        store: store.sources[source.index],
        poller: source.poller,
        leaderships,
        health,
        report(event, fields) {
          if (event === "snapshot.ignored") warn(options, event, fields);
          else post({ kind: "event", level: "info", event, fields });
        },
        onChange: () => source.postStats(),
      }),
    start: () => store.start(),
    close: () => store.close(),
  };
}

function healthOf(kind: StoreStats["kind"], options: PersistenceOptions): StoreHealth {
  const { post, epoch_ms } = options;
  return new StoreHealth({
    kind,
    epoch_ms,
    report(event, fields) {
      const level = event === "store.recovered" ? "info" : "warn";
      post({ kind: "event", level, event, fields });
    },
    onChange: (stats) => post({ kind: "store", stats }),
  });
}

function warn(
  { post }: PersistenceOptions,
  event: "snapshot.ignored",
  fields: Record<string, unknown>,
): void {
  post({ kind: "event", level: "warn", event, fields });
}
