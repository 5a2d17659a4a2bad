/** Reads docker-compose.yml: the keys used here, checked one by one. Pure. */
import { parseYaml } from "./yaml.ts";

/** A service, as far as the rehearsal looks at it. */
export interface ComposeService {
  build?: { context: string; dockerfile: string };
  image?: string;
  profiles?: string[];
  command?: string[];
  environment?: Record<string, string>;
  env_file?: { path: string; required: boolean }[];
  ports?: string[];
  volumes?: string[];
  extra_hosts?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[]; [setting: string]: unknown };
  tmpfs?: string[];
  init?: boolean;
  restart?: string;
  stop_grace_period?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  pids_limit?: number;
  mem_limit?: string;
}

const KEYS: ReadonlySet<string> = new Set(
  [
    "build",
    "image",
    "profiles",
    "command",
    "environment",
    "env_file",
    "ports",
    "volumes",
    "extra_hosts",
    "depends_on",
    "healthcheck",
    "tmpfs",
    "init",
    "restart",
    "stop_grace_period",
    "read_only",
    "cap_drop",
    "security_opt",
    "pids_limit",
    "mem_limit",
  ] satisfies (keyof ComposeService)[],
);

interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes?: Record<string, null>;
}

/**
 * The services by name, with `${NAME:-default}` filled in from `env`. Throws on a key that is not
 * known and on a volume that is not declared (Compose refuses those too), and on a variable without
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
  const { services, volumes } = parseYaml<ComposeFile>(interpolate(text, env));
  for (const [name, service] of Object.entries(services)) {
    for (const key of Object.keys(service)) {
      if (!KEYS.has(key)) throw new Error(`services.${name}.${key}: not a key that is known here`);
    }
    for (const mount of service.volumes ?? []) {
      const [volume] = mount.split(":");
      const is_declared = volume.startsWith("./") || volume in (volumes ?? {});
      if (!is_declared) throw new Error(`services.${name}: volume ${volume} is not declared`);
    }
  }
  return services;
}

function interpolate(text: string, env: Record<string, string>): string {
  return text.replaceAll(/\$\{([^}]*)\}/g, (whole, inside: string) => {
    const [, name, fallback] = /^([A-Z_]+):-(.*)$/.exec(inside) ?? [];
    if (name === undefined) throw new Error(`${whole}: must be \${NAME:-default}`);
    return env[name] || fallback;
  });
}
