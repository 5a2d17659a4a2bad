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
  /** Blocks the serving thread for 50 ms per poll result. */
  blocking: () => {
    const Real = globalThis.Worker;
    globalThis.Worker = class extends Real {
      constructor(...args: ConstructorParameters<typeof Real>) {
        super(...args);
        this.addEventListener("message", ({ data }) => {
          if (data?.kind === "poll" && data.update?.snapshot !== null) busy(50);
        });
      }
    };
  },
  /** Replaces every hundredth response by a 500. */
  failing: () => {
    let answers = 0;
    wrapHandler((answer) => {
      return ++answers % 100 === 0 ? new Response("no", { status: 500 }) : answer();
    });
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

function busy(duration_ms: number): void {
  const end_ms = performance.now() + duration_ms;
  while (performance.now() < end_ms);
}

const name = Deno.args[0];
const plant = DEFECTS[name];
if (plant === undefined) throw new Error(`defect ${name}: must be of ${Object.keys(DEFECTS)}`);
plant();
await import("../../../metrics_server/main.ts");
