import { assertEquals, assertMatch } from "@std/assert";
import { missingRedis, parseUsage } from "./redis.ts";

Deno.test("parseUsage() reads a reply to INFO", () => {
  const reply = [
    "$4242\r\n# Memory",
    "used_memory_peak:1234567",
    "used_memory_peak_human:1.18M",
    "# Stats",
    "total_net_input_bytes:42",
    "total_net_output_bytes:43",
    "# CPU",
    "used_cpu_sys:0.25",
    "used_cpu_user:0.5",
    "used_cpu_sys_children:9.0",
    "",
  ].join("\r\n");
  assertEquals(parseUsage(reply), {
    received_bytes: 42,
    sent_bytes: 43,
    cpu_ms: 750,
    memory_peak_bytes: 1234567,
  });
});

Deno.test("missingRedis() accepts Valkey and says what to install without either", () => {
  assertEquals(missingRedis((program) => program === "valkey-server"), null);
  assertMatch(missingRedis(() => false)!, /redis-server.*apt-get install redis-server/);
});
