/** The bare server on a machine that has no time for it: each answer waits 20 ms. */
const serve = Deno.serve as unknown as (options: unknown, handler: unknown) => Deno.HttpServer;
Object.defineProperty(Deno, "serve", {
  value: (options: unknown, handler: (request: Request) => Response) =>
    serve(options, async (request: Request) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return handler(request);
    }),
});

await import("../../bare_server.ts");
