import { assert, assertEquals } from "@std/assert";
import { startProcess } from "../../../tools/processes/mod.ts";
import { until } from "../../../tools/verdict/mod.ts";
import { ProcessSampler } from "./process_samples.ts";

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "ProcessSampler reads memory, sockets, CPU time and waits of a process",
  ignore,
  fn() {
    const sample = new ProcessSampler().sample("subject", Deno.pid);
    assert(sample !== null);
    assertEquals(sample.process, "subject");
    assert(Number(sample.rss_mb) > 10 && Number(sample.cpu_ms) > 0 && Number(sample.sockets) >= 0);
    assert(Number(sample.wait_ms) >= 0);
  },
});

Deno.test({
  name: "ProcessSampler takes the longest wait of a thread since the last sample",
  ignore,
  fn() {
    const waits = [{ a: 5e6, b: 2e6 }, { a: 6e6, b: 12e6, c: 4e6 }, { b: 12e6, c: 4e6 }];
    let at = 0;
    const sampler = new ProcessSampler(() => new Map(Object.entries(waits[at++])), () => []);
    const waited = () => sampler.sample("subject", Deno.pid)?.wait_ms;
    assertEquals([waited(), waited(), waited()], [5, 10, 0]);
  },
});

Deno.test({
  name: "ProcessSampler adds a process's children, such as nginx's workers",
  ignore,
  async fn() {
    await using alone = startProcess(["sleep", "60"], { detached: true });
    await using parent = startProcess(["sh", "-c", "sleep 60 & sleep 60 & wait"], {
      detached: true,
      ends_group: true,
    });
    const rssOf = (pid: number) => new ProcessSampler().sample("subject", pid)?.rss_mb ?? 0;
    await until("two children", () => rssOf(parent.pid) > 2 * rssOf(alone.pid));
  },
});

Deno.test("ProcessSampler is null for a process that has ended", () => {
  assertEquals(new ProcessSampler().sample("subject", 2 ** 30), null);
});
