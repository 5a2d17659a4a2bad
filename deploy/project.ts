/** The project's own deployment files, read. */
import { type ComposeService, parseCompose } from "./compose.ts";
import { type Dockerfile, parseDockerfile } from "./dockerfile.ts";

/** The project's folder. */
export const PROJECT = new URL("../", import.meta.url);

/** The images built here: the service in docker-compose.yml the folder of its Dockerfile, its task. */
export const IMAGES = [
  { service: "data-server", folder: "data_server", task: "data" },
  { service: "metrics-server", folder: "metrics_server", task: "metrics" },
] as const;

/** Content of the deployment files. */
export interface ProjectFiles {
  compose: Record<string, ComposeService>;
  /** By the service's name in the compose file. */
  dockerfiles: Record<string, Dockerfile>;
  /** What Toxiproxy is started with. */
  toxiproxy: { name: string; listen: string; upstream: string; enabled: boolean }[];
}

/** Reads them, the compose file with these variables set. */
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

/** Text of a file of the project. */
export function readText(path: string): string {
  return Deno.readTextFileSync(new URL(path, PROJECT));
}
