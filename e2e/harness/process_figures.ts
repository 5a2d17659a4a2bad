/** What a process holds, as the Linux kernel tells it. */

import { runProcess } from "../../tools/processes/mod.ts";

/** Whether this machine tells. */
export const HAS_PROC = Deno.build.os === "linux";

/** Open files and sockets, and memory. */
export interface ProcessFigures {
  readonly descriptors: number;
  readonly rss_mb: number;
}

/** Figures of a process, read by a program: Deno gives `/proc` to no one without all permissions. */
export async function processFigures(pid: number): Promise<ProcessFigures> {
  const descriptors = (await output("ls", `/proc/${pid}/fd`)).trimEnd().split("\n").length;
  const status = await output("cat", `/proc/${pid}/status`);
  return { descriptors, rss_mb: Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024 };
}

/** Sockets that listen on this port, and the connections none of them has taken yet. */
export async function listeningSockets(port: number): Promise<{ waiting: number }[]> {
  const rows = (await output("cat", "/proc/net/tcp")).trimEnd().split("\n").slice(1);
  const hex_port = port.toString(16).toUpperCase().padStart(4, "0");
  return rows.map((row) => row.trim().split(/\s+/))
    .filter(([, local, , state]) => local.endsWith(`:${hex_port}`) && state === "0A")
    .map(([, , , , queues]) => ({ waiting: parseInt(queues.split(":")[1], 16) }));
}

async function output(program: string, argument: string): Promise<string> {
  const { code, stdout } = await runProcess([program, argument]);
  if (code !== 0) throw new Error(`${program} ${argument} ended with exit code ${code}`);
  return stdout;
}
