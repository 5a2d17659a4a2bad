/** Writes what a run leaves to read; a verdict stands also where there is no room for it. */
import { type IndexedRun, indexPage, writeReport } from "../report/mod.ts";
import type { Outside } from "./outside.ts";

/** Writes the report's files and names them, or says why there are none. */
export async function leaveReport(
  dir: string,
  { records, judgement }: Pick<IndexedRun, "records" | "judgement">,
  outside: Outside,
): Promise<void> {
  try {
    const files = await writeReport(dir, records, judgement);
    outside.print(files.map((file) => `  ${file}\n`).join(""));
  } catch (error) {
    outside.complain(`Cannot write the report to ${dir}: ${(error as Error).message}`);
  }
}

/** The same for the page that leads to the runs. */
export async function leaveIndex(
  dir: string,
  runs: readonly IndexedRun[],
  outside: Outside,
): Promise<void> {
  try {
    await outside.writeFile(`${dir}/index.html`, await indexPage(runs));
  } catch (error) {
    outside.complain(`Cannot write ${dir}/index.html: ${(error as Error).message}`);
  }
}
