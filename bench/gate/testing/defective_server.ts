/**
 * metrics_server with a planted defect, chosen by the first argument. It replaces runtime functions
 * before it loads the service's own program.
 */
import { pause } from "../../../tools/verdict/mod.ts";

const DEFECTS: Record<string, () => void> = {
  /** Delays each response by 1 ms. */
  slow: () =>
    wrapHandler(async (answer) => {
      await pause(1);
      return answer();
    }),
  /** Delays one response in 30 by 40 ms, which no p95 shows. */
  tail: () => {
    let answers = 0;
    wrapHandler(async (answer) => {
      if (++answers % 30 === 0) await pause(40);
      return answer();
    });
  },
  /** Delays each response by 40 ms, from the start. */
  late: () =>
    wrapHandler(async (answer) => {
      await pause(40);
      return answer();
    }),
  /** Blocks the serving thread for 50 ms per new snapshot. */
  blocking: () => afterPolls((has_snapshot) => has_snapshot && busy(50)),
  /** Blocks the serving thread for 60 ms per poll. */
  stalling: () => afterPolls(() => busy(60)),
  /** Replaces one response in 200 by a 500. */
  failing: () => {
    let answers = 0;
    wrapHandler((answer) => {
      return ++answers % 200 === 0 ? new Response("no", { status: 500 }) : answer();
    });
  },
  /** Keeps 2 MB per poll. */
  hoarding: () => {
    const kept: Uint8Array[] = [];
    afterPolls(() => kept.push(new Uint8Array(2_000_000).fill(1)));
  },
  /** Keeps 500 bytes per request. */
  remembering: () => {
    const kept: Uint8Array[] = [];
    wrapHandler((answer) => {
      kept.push(new Uint8Array(500).fill(1));
      return answer();
    });
  },
  /** Leaves a connection to the source open per poll. */
  leaking: () => {
    const { hostname, port } = new URL(Deno.env.get("UPSTREAM_URL")!);
    const kept: Promise<Deno.TcpConn>[] = [];
    afterPolls(() => kept.push(Deno.connect({ hostname, port: Number(port) })));
  },
  /** Polls twice per POLL_MS. */
  eager: () => {
    const real = Deno.env.get;
    Deno.env.get = (name) => name === "POLL_MS" ? String(Number(real(name)) / 2) : real(name);
  },
  /** Stops the clock of the serving thread, and with it the reported age. */
  frozen: () => {
    const started_ms = Date.now() + 2_000;
    const real = Date.now;
    Date.now = () => Math.min(real(), started_ms);
  },
};

type Answer = () => Response | Promise<Response>;
type ServeOptions = { handler(request: Request, info: unknown): Response | Promise<Response> };

/** The service starts its server with `Deno.serve({ …, handler })`. */
function wrapHandler(wrap: (answer: Answer) => Response | Promise<Response>): void {
  const serve = Deno.serve as unknown as (options: ServeOptions) => Deno.HttpServer;
  Object.defineProperty(Deno, "serve", {
    value: (options: ServeOptions) =>
      serve({
        ...options,
        handler: (request, info) => wrap(() => options.handler(request, info)),
      }),
  });
}

/** Calls back on the serving thread after each poll. */
function afterPolls(onPoll: (has_snapshot: boolean) => void): void {
  const Real = globalThis.Worker;
  globalThis.Worker = class extends Real {
    constructor(...args: ConstructorParameters<typeof Real>) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        if (data?.kind === "poll") onPoll(data.update?.snapshot !== null);
      });
    }
  };
}

function busy(duration_ms: number): void {
  const end_ms = performance.now() + duration_ms;
  while (performance.now() < end_ms);
}

const name = Deno.args[0];
// The service knows no such argument.
Object.defineProperty(Deno, "args", { value: [] });
const plant = DEFECTS[name];
if (plant === undefined) throw new Error(`defect ${name}: must be of ${Object.keys(DEFECTS)}`);
plant();
await import("../../../metrics_server/main.ts");
