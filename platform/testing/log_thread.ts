/** A second thread that logs: `count` numbered lines, every tenth one a rare line. */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { attachLog } from "../log/create_log.ts";
import type { LogPort } from "../log/log.ts";

self.onmessage = ({ data }: MessageEvent<{ port: LogPort; count: number }>) => {
  const log = attachLog(data.port);
  for (let i = 0; i < data.count; i++) {
    if (i % 10 === 0) log.info("rare", { endpoint: "other", bytes_sent: i });
    else log.access(Date.now(), 1, 200, 0.1, 2, i);
  }
  self.postMessage("ended");
  self.close();
};
