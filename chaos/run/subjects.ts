/** The subjects of a run: starts them in order, reads their roles, and adds more. */
import { fetchRaw } from "../../tools/http/mod.ts";
import { freePort } from "../../tools/processes/mod.ts";
import { firstValue, pause } from "../../tools/verdict/mod.ts";
import {
  type ManagedProcess,
  readStatsAnswer,
  startSubject,
  type Subject,
} from "../subject/mod.ts";
import { type ScenarioPlan, subjectName } from "../vocabulary/mod.ts";
import { readyAt } from "./preflight.ts";

/** Timeout of a request for a role, in milliseconds. */
const ROLE_MS_MAX = 500;
/** Longest wait for the first replica to become leader, in milliseconds. */
const LEADER_MS_MAX = 2_000;
/** Longest wait for a restarted subject's data, in milliseconds. */
const READY_MS_MAX = 8_000;
/** The front checks its servers twice a second, and takes one check to see a server again. */
const FRONT_SEES_MS = 1_000;

type StartOptions = Parameters<typeof startSubject>[0];

interface SubjectsOptions {
  readonly plan: ScenarioPlan;
  readonly subject: Subject;
  /** Folder for files of the subjects. */
  readonly dir: string;
  /** All processes of the run; new subjects are added. */
  readonly processes: Map<string, ManagedProcess>;
  readonly start: Pick<StartOptions, "guard" | "onEvent"> & {
    onLine(process: string): (line: string) => void;
  };
  /** Called once a subject that joined after the others answers. */
  onAdded(subject: number): void;
}

/** Addresses of what the subjects connect to. */
export interface SubjectUpstreams {
  readonly source: string;
  /** URL of the store for one subject; empty without a store. */
  store(subject: number): string;
}

export class Subjects implements AsyncDisposable {
  readonly ports: readonly number[];
  readonly #options: SubjectsOptions;
  readonly #stack = new AsyncDisposableStack();
  #upstreams: SubjectUpstreams | null = null;
  #count: number;

  constructor(options: SubjectsOptions) {
    const { settings, faults } = options.plan;
    this.#options = options;
    this.#count = settings.subjects;
    const added = faults.filter(({ fault }) => fault.kind === "process.add_replica").length;
    this.ports = Array.from({ length: settings.subjects + added }, () => freePort());
  }

  /** Hosts of the subjects started so far or at the start of the run, without proxies. */
  hosts(): string[] {
    return this.ports.slice(0, this.#count).map((port) => `127.0.0.1:${port}`);
  }

  /**
   * Starts all. With a store, the last one starts first and so becomes the leader: the load goes to
   * a follower, and runs with the same seed have the same leader.
   */
  async start(upstreams: SubjectUpstreams): Promise<void> {
    this.#upstreams = upstreams;
    const last = this.#count - 1;
    const has_store = this.#options.plan.settings.store !== "none";
    if (has_store) {
      await this.#startOne(last);
      await firstValue(async () => await this.#roleOf(last) !== null, {
        wait_ms_max: LEADER_MS_MAX,
      });
    }
    const others = this.#numbers().filter((i) => !has_store || i !== last);
    await Promise.all(others.map((i) => this.#startOne(i)));
  }

  /** Starts one more. */
  async add(): Promise<ManagedProcess> {
    if (this.#count >= this.ports.length) throw new Error("No port left for one more subject");
    const process = await this.#startOne(this.#count);
    this.#count++;
    this.#options.onAdded(this.#count - 1);
    return process;
  }

  /** Role of each running subject by process name; null if it reports none. */
  async roles(): Promise<Map<string, string | null>> {
    const roles = await Promise.all(
      this.#numbers().map(async (i) => [subjectName(i), await this.#roleOf(i)] as const),
    );
    return new Map(roles);
  }

  /** Resolves once the subject has data and the front, if there is one, sends it requests. */
  async ready(name: string): Promise<void> {
    const i = this.#numbers().find((i) => subjectName(i) === name) ?? 0;
    const { subject, plan } = this.#options;
    const problem = await readyAt(
      this.hosts()[i],
      subject.ready,
      new AbortController().signal,
      READY_MS_MAX,
    );
    if (problem !== null) throw new Error(problem);
    if (plan.settings.front !== "none") await pause(FRONT_SEES_MS);
  }

  #numbers(): number[] {
    return Array.from({ length: this.#count }, (_, i) => i);
  }

  async #roleOf(i: number): Promise<string | null> {
    const { subject, processes } = this.#options;
    const process = processes.get(subjectName(i));
    const path = subject.probes.stats;
    if (path === null || !process?.is_running || process.is_frozen) return null;
    const host = `127.0.0.1:${this.ports[i]}`;
    const answer = await fetchRaw({ host, path }, ROLE_MS_MAX).catch(() => null);
    return answer === null ? null : readStatsAnswer(subject, answer).role;
  }

  async #startOne(i: number): Promise<ManagedProcess> {
    const { plan, subject, dir, processes, start } = this.#options;
    const { source, store } = this.#upstreams!;
    const name = subjectName(i);
    const own_dir = `${dir}/${name}`;
    await Deno.mkdir(own_dir, { recursive: true });
    const process = this.#stack.use(
      await startSubject({
        ...start,
        onLine: start.onLine(name),
        upstream: source,
        store: store(i),
        dir: own_dir,
        settings: plan.settings,
        subject,
        name,
        port: this.ports[i],
      }),
    );
    processes.set(name, process);
    return process;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
