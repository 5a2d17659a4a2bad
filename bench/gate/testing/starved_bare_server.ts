/** The bare server on an overloaded machine: each response is 20 ms late. */
const serve = Deno.serve as unknown as (options: unknown, handler: unknown) => Deno.HttpServer;
Object.defineProperty(Deno, "serve", {
  value: (options: unknown, handler: (request: Request) => Response) =>
    serve(options, async (request: Request) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return handler(request);
    }),
});

await import("../../bare_server.ts");
