import { assertEquals } from "@std/assert";
import { fetchRaw } from "../../../tools/http/mod.ts";
import { startMetricsServer, startStillDataServer } from "../../rig/mod.ts";
import { defectiveProgram, PROOFS } from "./proofs.ts";

Deno.test("metrics_server starts and answers with each planted defect", async () => {
  await using source = await startStillDataServer();
  const defects = new Set(PROOFS.flatMap(({ defect }) => defect ?? []));
  for (const defect of defects) {
    await using server = await startMetricsServer(
      `metrics_server (${defect})`,
      source,
      { LOG_LEVEL: "ERROR" },
      defectiveProgram(defect),
    );
    assertEquals((await fetchRaw({ host: server.host, path: "/healthz" })).status, 200, defect);
  }
});
