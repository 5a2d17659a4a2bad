/** Programs and ports of this machine: probes → findings. Pure. */
import { type Finding, finding, ok } from "./finding.ts";

/** The Deno this is tested with; Dockerfiles and CI take the same. */
export const DENO_VERSION = "2.9.6";

/** Judges Deno's version, for example `2.9.6`. */
export function judgeDeno(version: string): Finding {
  if (version === DENO_VERSION) return ok("Deno", version);
  const [major, minor] = version.split(".").map(Number);
  const [wanted_major, wanted_minor] = DENO_VERSION.split(".").map(Number);
  const advice = `use ${DENO_VERSION}: npx -y deno@${DENO_VERSION} task …`;
  const is_older = major < wanted_major || (major === wanted_major && minor < wanted_minor);
  if (is_older) return finding("broken", "Deno", `${version} is too old`, advice);
  return finding("warning", "Deno", `${version}: tested with ${DENO_VERSION}`, advice);
}

/** What listening on a port came to, and who answers there. */
export interface PortProbe {
  readonly port: number;
  /** Name of the variable that sets it. */
  readonly variable: string;
  /** Which service is meant to listen there. */
  readonly service: string;
  readonly state: "free" | "taken" | "forbidden";
  /** What answers there; null where nothing does, or nothing known. */
  readonly answers: string | null;
}

/** Judges a port that a service is to listen on. */
export function judgePort({ port, variable, service, state, answers }: PortProbe): Finding {
  const check = `port ${port}`;
  if (port === 0) return ok(check, `${service} picks a free one (${variable}=0)`);
  if (state === "free") return ok(check, `free for ${service}`);
  if (answers === service) return ok(check, `${service} runs there`);
  const other = `set ${variable} to a free port (0 picks one)`;
  if (state === "forbidden") {
    return finding("broken", check, `${service} may not listen there`, other);
  }
  const who = answers ?? "another program";
  return finding("broken", check, `${who} holds it, not ${service}`, `stop it, or ${other}`);
}

/** What answers where Toxiproxy is looked for. */
export interface ToxiproxyProbe {
  readonly url: string;
  /** Whether `TOXIPROXY_URL` names it: then the chaos lab takes no other. */
  readonly is_named: boolean;
  /** null where no Toxiproxy answers. */
  readonly version: string | null;
}

/** Judges Toxiproxy, by its version. */
export function judgeToxiproxy({ url, is_named, version }: ToxiproxyProbe): Finding {
  if (version !== null) return ok("Toxiproxy", `${version} at ${url}`);
  if (is_named) {
    return finding(
      "broken",
      "Toxiproxy",
      `TOXIPROXY_URL=${url}: no Toxiproxy answers there, and the chaos lab takes no other`,
      "start it there, or correct or unset the variable",
    );
  }
  return finding(
    "note",
    "Toxiproxy",
    "not running: only the chaos lab needs it",
    "deno task toxiproxy, or docker compose --profile chaos up",
  );
}

/** Judges k6, by the first line of `k6 version`; null where there is none. */
export function judgeK6(version: string | null): Finding {
  if (version !== null) return ok("k6", version);
  return finding(
    "note",
    "k6",
    "not on PATH: nothing here needs it",
    "deno task k6 runs the same scripts without it",
  );
}
