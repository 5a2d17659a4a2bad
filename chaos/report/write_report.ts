/** Puts a run's reports beside its journal. */
import type { JournalRecord } from "../journal/mod.ts";
import type { Judgement } from "../judge/mod.ts";
import { htmlReport } from "./html.ts";
import { junitXml } from "./junit.ts";
import { verdictJson } from "./verdict_json.ts";

/** Writes `report.html`, `verdict.json` and `junit.xml`; tells their paths. */
export async function writeReport(
  dir: string,
  records: readonly JournalRecord[],
  judgement: Judgement,
): Promise<string[]> {
  const header = records.find((record) => record.kind === "run") ?? null;
  const files: readonly (readonly [name: string, text: string])[] = [
    ["report.html", await htmlReport(records, judgement)],
    ["verdict.json", verdictJson(header, judgement)],
    ["junit.xml", junitXml(header, judgement)],
  ];
  await Deno.mkdir(dir, { recursive: true });
  for (const [name, text] of files) await Deno.writeTextFile(`${dir}/${name}`, text);
  return files.map(([name]) => `${dir}/${name}`);
}
