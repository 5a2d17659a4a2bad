import { assertEquals } from "@std/assert";
import { Cors, corsOriginsProblem } from "./cors.ts";

const PAGE = "https://grafana.example";

function asked(origin: string | null, method = "GET", more: Record<string, string> = {}) {
  return { method, headers: new Headers({ ...(origin === null ? {} : { origin }), ...more }) };
}

for (
  const [setting, origin, allowed, vary] of [
    [PAGE, PAGE, PAGE, "accept, origin"],
    [`http://a.example:3000, ${PAGE}`, PAGE, PAGE, "accept, origin"],
    [PAGE, "https://grafana.example:8443", null, "accept, origin"],
    [PAGE, "http://grafana.example", null, "accept, origin"],
    [PAGE, "null", null, "accept, origin"],
    [PAGE, null, null, "accept, origin"],
    ["*", "https://any.example", "*", "accept"],
  ] as const
) {
  Deno.test(`CORS_ORIGINS=${setting} lets a page of ${origin} read as ${allowed}`, () => {
    const cors = new Cors(setting);
    const { headers } = cors.mark(asked(origin), new Response("", { headers: { vary: "accept" } }));
    assertEquals(headers.get("access-control-allow-origin"), allowed);
    assertEquals(headers.get("vary"), vary);
    assertEquals(headers.has("access-control-expose-headers"), allowed !== null);
    const preflight = asked(origin, "OPTIONS", { "access-control-request-method": "GET" });
    assertEquals(cors.preflight(preflight)?.status, allowed === null ? undefined : 204);
    assertEquals(cors.preflight(asked(origin, "OPTIONS")), null);
    assertEquals(cors.preflight(asked(origin)), null);
  });
}

Deno.test("CORS_ORIGINS is a list of origins without paths", () => {
  for (
    const setting of [
      "",
      "*",
      PAGE,
      `${PAGE},http://localhost:3000`,
      "http://[::1]:80/".slice(0, 12),
    ]
  ) {
    assertEquals(corsOriginsProblem(setting), undefined, setting);
  }
  for (const wrong of ["grafana.example", `${PAGE}/`, `${PAGE}:443`, "null", "file:///a"]) {
    assertEquals(corsOriginsProblem(`*,${wrong}`)?.startsWith(`${wrong}: must be origins`), true);
  }
});
