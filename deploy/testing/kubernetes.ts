/** Builds the overlays of `deploy/kubernetes`, and checks them against Kubernetes' own schemas. */
import { runProcess } from "../../tools/processes/mod.ts";
import { parseYamlDocuments, PROJECT } from "./project.ts";

/** Apache-2.0, as kubeconform and the schemas. Both are built with Go if they are not on PATH. */
const KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1";
const KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0";

/** From PyPI: a wheel with the schemas of many versions of Kubernetes. */
const SCHEMAS = "kubernetes-validate==1.37.0";
/** The lowest version that the manifests are for. */
const KUBERNETES = "v1.30.0";

const CACHE = ".cache/kubernetes-schemas";
const SCHEMA_FOLDER = `${CACHE}/${KUBERNETES}`;

/** Longest download and build of a program, once. */
const INSTALL_MS_MAX = 240_000;

/** A resource: the parts that tests read. */
export interface Resource<Spec = Record<string, unknown>> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  readonly spec: Spec;
}

/** The first of these commands that runs; null if all fail. */
async function firstThatRuns(
  commands: readonly { command: readonly string[]; probe: readonly string[] }[],
): Promise<readonly string[] | null> {
  for (const { command, probe } of commands) {
    if ((await tryRun([...command, ...probe])).code === 0) return command;
  }
  return null;
}

/** The command that builds a folder; null if it cannot be had. */
export function kustomize(): Promise<readonly string[] | null> {
  return firstThatRuns([
    { command: ["kubectl", "kustomize"], probe: ["--help"] },
    { command: ["kustomize", "build"], probe: ["--help"] },
    { command: ["go", "run", KUSTOMIZE, "build"], probe: ["--help"] },
  ]);
}

/** kubeconform; null if it, or the schemas, cannot be had. */
export async function kubeconform(): Promise<readonly string[] | null> {
  const command = await firstThatRuns([
    { command: ["kubeconform"], probe: ["-v"] },
    { command: ["go", "run", KUBECONFORM], probe: ["-v"] },
  ]);
  return command !== null && await hasSchemas() ? command : null;
}

/**
 * Extracts the schemas of one version. Their `$id` would resolve references at kubernetes.io, so it
 * is renamed.
 */
const EXTRACT = `
import glob, os, sys, zipfile
cache, version, folder = sys.argv[1:]
wheel = zipfile.ZipFile(glob.glob(cache + "/*.whl")[0])
os.makedirs(folder + ".part", exist_ok=True)
for name in wheel.namelist():
    if f"/{version}-local-strict/" in name:
        text = wheel.read(name).decode()
        text = text.replace('"$id":', '"x-id":').replace('"/api/_definitions', '"_definitions')
        with open(folder + ".part/" + os.path.basename(name), "w") as file:
            file.write(text)
os.rename(folder + ".part", folder)
os.remove(wheel.filename)
`;

async function hasSchemas(): Promise<boolean> {
  const done = await Deno.stat(new URL(SCHEMA_FOLDER, PROJECT)).catch(() => null);
  if (done !== null) return true;
  const pip = ["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", CACHE];
  return (await tryRun([...pip, SCHEMAS])).code === 0 &&
    (await tryRun(["python3", "-c", EXTRACT, CACHE, KUBERNETES, SCHEMA_FOLDER])).code === 0;
}

/** Problems of resources, one a line; empty if there are none. */
export async function schemaProblems(command: readonly string[], yaml: string): Promise<string> {
  const location = `${SCHEMA_FOLDER}/{{.ResourceKind}}{{.KindSuffix}}.json`;
  const { code, stdout, stderr } = await runProcess(
    [...command, "-strict", "-schema-location", location],
    { cwd: PROJECT, input: yaml },
  );
  return code === 0 ? "" : stdout + stderr;
}

/** The text of an overlay, with a secret of its own. Throws if it cannot be built. */
export async function buildOverlay(command: readonly string[], overlay: string): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "kustomize-" });
  try {
    for (const part of ["kubernetes", "haproxy"]) {
      const from = decodeURIComponent(new URL(`deploy/${part}`, PROJECT).pathname);
      await runProcess(["cp", "-R", from, `${folder}/${part}`]);
    }
    await Deno.writeTextFile(
      `${folder}/kubernetes/redis/secret.env`,
      "REDIS_PASSWORD=p\nSNAPSHOT_STORE=redis://:p@redis:6379/0\n",
    );
    const built = await runProcess([...command, `${folder}/kubernetes/${overlay}`]);
    if (built.code !== 0) throw new Error(`${command.join(" ")} ${overlay}: ${built.stderr}`);
    return built.stdout;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The resources of an overlay's text. */
export function resourcesOf(yaml: string): Resource[] {
  return parseYamlDocuments<Resource>(yaml);
}

async function tryRun(command: readonly string[]): Promise<{ code: number }> {
  try {
    return await runProcess(command, { cwd: PROJECT, run_ms_max: INSTALL_MS_MAX });
  } catch {
    return { code: 1 };
  }
}
