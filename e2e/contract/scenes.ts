/** The states in which a service is held against its document. */
import {
  freePort,
  request,
  type Service,
  startDataServer,
  startMetricsServer,
  until,
} from "../harness/mod.ts";

/** A service in some state. */
export interface Scene {
  readonly name: string;
  /** Starts it; what it needs ends with `stack`. */
  start(stack: AsyncDisposableStack): Promise<Service>;
}

const SOURCE = { DATA_SWITCHES: 4, SEED: 1 };

/** In the order they are run. */
export const SCENES: readonly Scene[] = [
  {
    name: "with data that changes every second",
    async start(stack) {
      const source = stack.use(await startDataServer(SOURCE));
      const sources = `${source.url}/counters`;
      const server = stack.use(await startMetricsServer(sources, { METRICS_FABRIC: "on" }));
      await server.log.wait("poll.run");
      return server;
    },
  },
  {
    name: "with a source that was never there",
    async start(stack) {
      const sources = `http://127.0.0.1:${freePort()}/counters`;
      const server = stack.use(await startMetricsServer(sources));
      await server.log.wait("poll.error");
      return server;
    },
  },
  {
    name: "with data that is too old, as its source is down",
    async start(stack) {
      const source = stack.use(await startDataServer(SOURCE));
      const sources = `${source.url}/counters`;
      const server = stack.use(await startMetricsServer(sources, { MAX_STALE_MS: 500 }));
      await server.log.wait("poll.run");
      await source.stop();
      await until(
        "a 503 of /readyz",
        async () => (await request(server, "/readyz")).status === 503,
      );
      return server;
    },
  },
];
