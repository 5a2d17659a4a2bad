/** `GET /openapi.json`: the OpenAPI document, built from the modules it describes. */
import { JSON_CONTENT_TYPE, VERSION } from "../../contracts/mod.ts";
import { ENDPOINTS, FileAnswer, PATHS } from "../serve/mod.ts";
import { COMMON_RESPONSES, PROBLEM_SCHEMAS } from "./problem_responses.ts";
import { SCHEMAS } from "./schemas.ts";
import { DASHBOARD_ROUTE, OPENAPI_ROUTE, SERVICE_ROUTES } from "./service_routes.ts";
import { TELEMETRY_ROUTES } from "./routes.ts";
import type { OpenApiDocument, Operation } from "./types.ts";

/** Names of the query parameters of each telemetry endpoint, by its index in `ENDPOINTS`. */
export const QUERY_PARAMETERS: ReadonlyMap<number, readonly string[]> = new Map(
  Object.entries<Operation>(TELEMETRY_ROUTES).map(([endpoint, { parameters = [] }]) => [
    (ENDPOINTS as readonly string[]).indexOf(endpoint),
    parameters.filter((one) => one.in === "query").map(({ name }) => name),
  ]),
);

export const OPENAPI_PATH = "/openapi.json";

const ROUTES: Readonly<Record<Exclude<typeof ENDPOINTS[number], "other">, Operation>> = {
  ...TELEMETRY_ROUTES,
  ...SERVICE_ROUTES,
};

const DESCRIPTION =
  `Serves telemetry from memory, polled from telemetry sources, and reports its age.

- Every route accepts HEAD: the status and headers of GET.
- Every response with data has \`X-Data-Age-Ms\` and an \`ETag\` that names the snapshot.
- Errors are \`application/problem+json\` (RFC 9457): \`type\` names the kind, \`detail\` says what to do.
- A repeated parameter is an error. So is an unknown one of the telemetry routes, unless its name
  begins with \`_\`.
- A malformed HTTP request, or one with too long headers, gets a 400 without a body.`;

export function openApiDocument(): OpenApiDocument {
  const paths = [...PATHS].map(([path, endpoint]) => {
    const name = ENDPOINTS[endpoint] as keyof typeof ROUTES;
    return [path, { get: ROUTES[name] }];
  });
  return {
    openapi: "3.1.1",
    info: {
      title: "metrics_server",
      version: VERSION,
      summary: "A cache of a network fabric's telemetry",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The service that sends this document" }],
    tags: [
      { name: "telemetry", description: "The data" },
      { name: "service", description: "The service itself" },
      { name: "prometheus", description: "For Prometheus" },
    ],
    // With AUTH_TOKENS_FILE, all but the health routes need one of them.
    security: [{}, { bearer: [] }, { basic: [] }],
    paths: {
      ...Object.fromEntries(paths),
      "/": { get: DASHBOARD_ROUTE },
      [OPENAPI_PATH]: { get: OPENAPI_ROUTE },
    },
    components: {
      schemas: { ...SCHEMAS, ...PROBLEM_SCHEMAS },
      responses: COMMON_RESPONSES,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        basic: { type: "http", scheme: "basic", description: "Any user; the token as password." },
      },
    },
  };
}

/** Answers requests for the document; null for other paths. */
type OpenApi = (request: Request, path: string) => Response | Promise<Response> | null;

/** The route. The document is built at the first request. */
export function createOpenApi(): OpenApi {
  let file: FileAnswer | null = null;
  return (request, path) => {
    if (path !== OPENAPI_PATH) return null;
    file ??= new FileAnswer(new TextEncoder().encode(documentText()), JSON_CONTENT_TYPE);
    return file.answer(request, path);
  };
}

/** Text of the document. */
export function documentText(): string {
  return `${JSON.stringify(openApiDocument(), null, 1)}\n`;
}
