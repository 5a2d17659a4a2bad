/** The project's own deployment files, read. */
import { type Dockerfile, parseDockerfile } from "./image.ts";

export const PROJECT = new URL("../../", import.meta.url);

/** The images built here: service in docker-compose.yml, folder of the Dockerfile, task it runs. */
export const IMAGES = [
  { service: "data-server", folder: "data_server", task: "data" },
  { service: "metrics-server", folder: "metrics_server", task: "metrics" },
] as const;

export function readText(path: string): string {
  return Deno.readTextFileSync(new URL(path, PROJECT));
}

/**
 * The npm package, in a constant: in an import, `deno task dev` would download it at its first
 * start, and the type checker would use Node's types everywhere.
 */
const YAML_PACKAGE: string = "npm:yaml@2.9.1";

interface YamlDocument {
  errors: Error[];
  toJS(): unknown;
}

const { parse, parseAllDocuments }: {
  parse(text: string, options: { merge: boolean }): unknown;
  parseAllDocuments(text: string): YamlDocument[];
} = await import(YAML_PACKAGE);

/** The one document of a text, with `<<` merged. Throws for invalid YAML and repeated keys. */
export function parseYaml<T>(text: string): T {
  return parse(text, { merge: true }) as T;
}

/** All documents of a text, separated by `---`. Throws like {@link parseYaml}. */
export function parseYamlDocuments<T>(text: string): T[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as T;
  });
}

/** A service of docker-compose.yml: the keys that tests read. */
export interface ComposeService {
  build?: { context: string; dockerfile: string };
  image?: string;
  profiles?: string[];
  scale?: number;
  user?: string;
  command?: string[];
  environment?: Record<string, string>;
  env_file?: { path: string; required: boolean }[];
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  tmpfs?: string[];
  init?: boolean;
  stop_grace_period?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  pids_limit?: number;
  mem_limit?: string;
  logging?: { driver: string; options: Record<string, string> };
}

/**
 * The services by name, with `${NAME:-default}` filled in from `env`. Throws for a variable without
 * a default.
 *
 * ```ts
 * parseCompose("services: { a: { image: x, ports: ['${P:-80}:80'] } }", {}).a.ports; // ["80:80"]
 * ```
 */
export function parseCompose(
  text: string,
  env: Record<string, string>,
): Record<string, ComposeService> {
  const filled = text.replaceAll(/\$\{([^}]*)\}/g, (whole, inside: string) => {
    const [, name, fallback] = /^([A-Z_]+):-(.*)$/.exec(inside) ?? [];
    if (name === undefined) throw new Error(`${whole}: must be \${NAME:-default}`);
    return env[name] || fallback;
  });
  return parseYaml<{ services: Record<string, ComposeService> }>(filled).services;
}

interface ProjectFiles {
  compose: Record<string, ComposeService>;
  dockerfiles: Record<string, Dockerfile>;
  toxiproxy: { name: string; listen: string; upstream: string; enabled: boolean }[];
}

/** @param env Variables for docker-compose.yml. */
export function readProject(env: Record<string, string> = {}): ProjectFiles {
  return {
    compose: parseCompose(readText("docker-compose.yml"), env),
    dockerfiles: Object.fromEntries(
      IMAGES.map(({ service, folder }) => [
        service,
        parseDockerfile(readText(`${folder}/Dockerfile`)),
      ]),
    ),
    toxiproxy: JSON.parse(readText("deploy/toxiproxy.json")),
  };
}
