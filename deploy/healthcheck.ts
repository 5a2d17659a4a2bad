/**
 * Health check of both images, which have no curl: exit code 0 if the service's `/healthz` answers
 * 200. Liveness on purpose: a restart because of old data (`/readyz`) would lose that data.
 *
 *     deno run --allow-env=HEALTH_PORT,PORT --allow-net=127.0.0.1 deploy/healthcheck.ts
 *
 * Set HEALTH_PORT for a service with TLS: it stays plain HTTP.
 */

/** Longest wait for the answer; shorter than the `timeout` of HEALTHCHECK. */
const ANSWER_MS_MAX = 2_000;

const port = Deno.env.get("HEALTH_PORT") || Deno.env.get("PORT");
const url = `http://127.0.0.1:${port}/healthz`;
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  await answer.body?.cancel();
  if (answer.status !== 200) throw new Error(`answered ${answer.status}, must be 200`);
} catch (error) {
  const line = `${url}: ${error instanceof Error ? error.message : error}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
  Deno.exit(1);
}
