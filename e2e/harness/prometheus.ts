/** The real Prometheus and its promtool, where they are installed. */
import { until } from "./until.ts";

/** What a Prometheus scrapes. */
export interface ScrapeTarget {
  readonly job: string;
  readonly port: number;
  readonly path: string;
}

const STOP_MS_MAX = 5_000;

/** Whether a program is on PATH. */
export async function hasProgram(name: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(name, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** What `promtool check metrics` says of a text; nothing where it finds nothing. */
export async function promtoolCheck(text: string): Promise<string> {
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { stdout, stderr } = await output;
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

/** A Prometheus of a test's own: on 127.0.0.1, in a folder that goes with it. */
export class Prometheus implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly folder: string,
    readonly child: Deno.ChildProcess,
  ) {}

  /** Starts one that scrapes these targets every second, and waits until it is ready. */
  static async start(port: number, targets: readonly ScrapeTarget[]): Promise<Prometheus> {
    const folder = await Deno.makeTempDir();
    const config = {
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: targets.map(({ job, port, path }) => ({
        job_name: job,
        metrics_path: path,
        static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      })),
    };
    // JSON is YAML, too.
    await Deno.writeTextFile(`${folder}/prometheus.yml`, JSON.stringify(config));
    const child = new Deno.Command("prometheus", {
      args: [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--log.level=error",
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const prometheus = new Prometheus(port, folder, child);
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

  /** The value of a query that gives one series at most; null where it gives none. */
  async value(query: string): Promise<number | null> {
    const url = `http://127.0.0.1:${this.port}/api/v1/query?query=${encodeURIComponent(query)}`;
    const { data, error } = await (await fetch(url)).json();
    if (error !== undefined) throw new Error(`${query}: ${error}`);
    if (data.result.length > 1) throw new Error(`${query}: ${data.result.length} series`);
    return data.result.length === 0 ? null : Number(data.result[0].value[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const kill = setTimeout(() => this.child.kill("SIGKILL"), STOP_MS_MAX);
    this.child.kill("SIGTERM");
    await this.child.status;
    clearTimeout(kill);
    await Deno.remove(this.folder, { recursive: true });
  }
}
