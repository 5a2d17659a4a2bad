/** The real Prometheus and promtool, if installed, and services for them to scrape. */
import {
  canRun,
  type RunningProcess,
  runProcess,
  startProcess,
} from "../../tools/processes/mod.ts";
import { until } from "../../tools/verdict/mod.ts";
import { fabricSample, serve, serveSnapshot } from "./behaviors.ts";
import { FakeSource } from "./fake_source.ts";
import { type Service, startDataServer, startMetricsServer } from "./service.ts";

interface ScrapeTarget {
  readonly job: string;
  readonly port: number;
  readonly path: string;
}

interface Alert {
  readonly state: "pending" | "firing";
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

export function hasProgram(name: string, version_flag = "--version"): boolean {
  return canRun([name, version_flag]);
}

/** Runs promtool; returns its output and whether it succeeded. */
export async function promtool(args: string[]): Promise<{ success: boolean; text: string }> {
  const { code, stdout, stderr } = await runProcess(["promtool", ...args]);
  return { success: code === 0, text: stdout + stderr };
}

/** Output of `promtool check metrics`; empty without findings. */
export async function promtoolCheck(text: string): Promise<string> {
  const { stdout, stderr } = await runProcess(["promtool", "check", "metrics"], { input: text });
  return stdout + stderr;
}

export class Prometheus implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly folder: string,
    readonly process: RunningProcess,
  ) {}

  /** Starts a Prometheus that scrapes these targets every second, and waits until it is ready. */
  static start(port: number, targets: readonly ScrapeTarget[]): Promise<Prometheus> {
    const config = {
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: targets.map(({ job, port, path }) => ({
        job_name: job,
        metrics_path: path,
        static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      })),
    };
    // JSON is valid YAML.
    return Prometheus.startWith(port, { "prometheus.yml": JSON.stringify(config) });
  }

  /** Starts a Prometheus with these files and waits until it is ready. */
  static async startWith(port: number, files: Record<string, string>): Promise<Prometheus> {
    const folder = await Deno.makeTempDir();
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const process = startProcess([
      "prometheus",
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ], { kill_with_parent: true });
    const prometheus = new Prometheus(port, folder, process);
    try {
      await until("Prometheus to be ready", async () => {
        const response = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => null);
        await response?.body?.cancel();
        return response?.ok ?? false;
      });
      return prometheus;
    } catch (error) {
      await prometheus[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Value of a query with at most one series; null without a series. */
  async value(query: string): Promise<number | null> {
    const series = await this.series(query);
    if (series.length > 1) throw new Error(`${query}: ${series.length} series`);
    return series.length === 0 ? null : series[0].value;
  }

  async series(query: string): Promise<{ labels: Record<string, string>; value: number }[]> {
    const { result } = await this.#get(`query?query=${encodeURIComponent(query)}`);
    return (result as { metric: Record<string, string>; value: [number, string] }[]).map(
      ({ metric, value }) => ({ labels: metric, value: Number(value[1]) }),
    );
  }

  /** Pending and firing alerts. */
  async alerts(): Promise<Alert[]> {
    return (await this.#get("alerts")).alerts as Alert[];
  }

  async #get(path: string): Promise<Record<string, unknown>> {
    const response = await fetch(`http://127.0.0.1:${this.port}/api/v1/${path}`);
    const { data, error } = await response.json();
    if (error !== undefined) throw new Error(`${path}: ${error}`);
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Both services with every kind of metric. */
interface ScrapedServices extends AsyncDisposable {
  /** With `METRICS_FABRIC=on`, after a successful and a failed poll. */
  readonly metrics: Service;
  readonly data: Service;
}

/**
 * Starts both services, and a source that fails from its second response on.
 *
 * @param store SNAPSHOT_STORE; a Redis URL for the metrics of replicas.
 */
export async function startScrapedServices(store = ""): Promise<ScrapedServices> {
  await using stack = new AsyncDisposableStack();
  const source = stack.use(new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" })));
  const env = { METRICS_FABRIC: "on", SNAPSHOT_STORE: store, FRESH_BOUND_MS: 60_000 };
  const metrics = stack.use(await startMetricsServer(source.url, env));
  const data = stack.use(await startDataServer());
  await metrics.log.wait("poll.run");
  source.behavior = serve({ status: 500 });
  await metrics.log.wait("poll.error");
  const kept = stack.move();
  return { metrics, data, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
