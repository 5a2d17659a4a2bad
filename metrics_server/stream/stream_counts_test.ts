import { assertEquals } from "@std/assert";
import { writeMetrics } from "../../platform/mod.ts";
import { StreamCounts, streamFamilies } from "./stream_counts.ts";

Deno.test("streamFamilies() sums all threads, by transport and by reason", () => {
  const [a, b] = [new StreamCounts(), new StreamCounts()];
  a.opened("sse");
  a.opened("sse");
  a.gone("sse");
  a.sent("sse", 100, 1);
  a.sent("sse", 13, 0);
  new StreamCounts(b.cells).opened("websocket");
  b.sent("websocket", 7, 1);
  b.dropped("slow_reader");
  a.dropped("slow_reader");
  const lines = writeMetrics(streamFamilies("t", [a, b]), "prometheus").split("\n");
  assertEquals(lines.filter((line) => line !== "" && !line.startsWith("#")), [
    't_streams_open{transport="sse"} 1',
    't_streams_open{transport="websocket"} 1',
    't_streams_opened_total{transport="sse"} 2',
    't_streams_opened_total{transport="websocket"} 1',
    't_stream_events_sent_total{transport="sse"} 1',
    't_stream_events_sent_total{transport="websocket"} 1',
    't_stream_sent_bytes_total{transport="sse"} 113',
    't_stream_sent_bytes_total{transport="websocket"} 7',
    't_stream_readers_dropped_total{reason="slow_reader"} 2',
    't_stream_readers_dropped_total{reason="too_wide"} 0',
  ]);
});
