/** `GET /openapi.json`: the OpenAPI document, built from the modules it describes. */
import { JSON_CONTENT_TYPE } from "../../contracts/mod.ts";
import { ENDPOINTS, FileAnswer, PATHS } from "../serve/mod.ts";
import { COMMON_RESPONSES, PROBLEM_SCHEMAS } from "./problem_responses.ts";
import { SCHEMAS } from "./schemas.ts";
import { DASHBOARD_ROUTE, OPENAPI_ROUTE, SERVICE_ROUTES, TELEMETRY_ROUTES } from "./routes.ts";
import type { OpenApiDocument, Operation } from "./types.ts";

/** Path of the document. */
export const OPENAPI_PATH = "/openapi.json";

const ROUTES: Readonly<Record<Exclude<typeof ENDPOINTS[number], "other">, Operation>> = {
  ...TELEMETRY_ROUTES,
  ...SERVICE_ROUTES,
};

const DESCRIPTION =
  `Answers from memory with what it polls from telemetry sources, and says how old it is.

- Every route takes HEAD too: the status and headers of GET.
- Every answer with data carries \`X-Data-Age-Ms\` and an \`ETag\` that names the snapshot.
- Errors are \`application/problem+json\` (RFC 9457): \`type\` tells them apart, \`detail\` says what to do.
- A parameter that a route does not know is ignored; one that is given twice is an error.
- A request that is no HTTP, or whose line and headers are longer than the HTTP server reads, gets a
  bare 400 without a body.`;

/** The document; the same for every service of this version. */
export function openApiDocument(): OpenApiDocument {
  const paths = [...PATHS].map(([path, endpoint]) => {
    const name = ENDPOINTS[endpoint] as keyof typeof ROUTES;
    return [path, { get: ROUTES[name] }];
  });
  return {
    openapi: "3.1.1",
    info: {
      title: "metrics_server",
      version: "1.0.0",
      summary: "A cache of a network fabric's telemetry",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "Where this document comes from" }],
    tags: [
      { name: "telemetry", description: "The data" },
      { name: "service", description: "The service itself" },
      { name: "prometheus", description: "For Prometheus" },
    ],
    security: [],
    paths: {
      ...Object.fromEntries(paths),
      "/": { get: DASHBOARD_ROUTE },
      [OPENAPI_PATH]: { get: OPENAPI_ROUTE },
    },
    components: {
      schemas: { ...SCHEMAS, ...PROBLEM_SCHEMAS },
      responses: COMMON_RESPONSES,
    },
  };
}

/** Answers a request for the document; null where the path is another. */
type OpenApi = (request: Request, path: string) => Response | Promise<Response> | null;

/** The route; nothing is written before somebody asks. */
export function createOpenApi(): OpenApi {
  let file: FileAnswer | null = null;
  return (request, path) => {
    if (path !== OPENAPI_PATH) return null;
    file ??= new FileAnswer(new TextEncoder().encode(documentText()), JSON_CONTENT_TYPE);
    return file.answer(request, path);
  };
}

/** Text of the document, as it is sent. */
export function documentText(): string {
  return `${JSON.stringify(openApiDocument(), null, 1)}\n`;
}
