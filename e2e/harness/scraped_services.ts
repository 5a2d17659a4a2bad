/** Both services with every kind of metric. */
import { fabricSample, serve, serveSnapshot } from "./behaviors.ts";
import { FakeSource } from "./fake_source.ts";
import { type Service, startDataServer, startMetricsServer } from "./service.ts";

interface ScrapedServices extends AsyncDisposable {
  /** With `METRICS_FABRIC=on`, after a successful and a failed poll. */
  readonly metrics: Service;
  readonly data: Service;
}

/** Starts both, and a source that fails from its second response on. */
export async function startScrapedServices(): Promise<ScrapedServices> {
  await using stack = new AsyncDisposableStack();
  const source = stack.use(new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" })));
  const metrics = stack.use(await startMetricsServer(source.url, { METRICS_FABRIC: "on" }));
  const data = stack.use(await startDataServer());
  await metrics.log.wait("poll.run");
  source.behavior = serve({ status: 500 });
  await metrics.log.wait("poll.error");
  const kept = stack.move();
  return { metrics, data, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
