import { assertEquals } from "@std/assert";
import { connectedTo } from "./process_watch.ts";

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0
   2: 0100007F:1F90 0100007F:C351 08 00000000:00000000 00:00000000 00000000     0
   3: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0
`;

Deno.test("connectedTo counts open connections of clients, not listening or half closed ones", () => {
  assertEquals(connectedTo(8080, TCP), 1);
  assertEquals(connectedTo(80, TCP), 0);
});
