/** A redis-server process of its own, without persistence, for tests. */
import { freePort, redisProgram, redisServer, startProcess } from "../../../tools/processes/mod.ts";
import { until } from "../../../tools/verdict/mod.ts";

/** Whether redis-server is on PATH: tests on it are skipped without it. */
export const HAS_REDIS = redisProgram() !== undefined;

/** A real server on a free port; `options` are further arguments, such as `--requirepass`. */
export async function startRedis(options: readonly string[] = [], port = freePort()) {
  const redis = startProcess(redisServer(port, options), { kill_with_parent: true });
  await until("redis-server to listen", async () => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
    connection?.close();
    return connection !== null;
  });
  return {
    port,
    process: redis,
    [Symbol.asyncDispose]: async () => {
      await redis.stop("SIGKILL");
    },
  };
}
