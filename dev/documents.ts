/** Reads the documents: their commands, and their requests with the documented answers. Pure. */

interface Fence {
  language: string;
  lines: string[];
  before: string;
}

/** A request and the answer as the document shows it. */
interface TourStep {
  title: string;
  command: string;
  /** Output of the command, as documented: values differ, the shape does not. */
  answer: string;
}

const FENCE = /^```(\w*)\n([^]*?)^```$/gm;

function fences(markdown: string): Fence[] {
  let read_to = 0;
  return [...markdown.matchAll(FENCE)].map((match) => {
    const paragraphs = markdown.slice(read_to, match.index).trim().split(/\n{2,}/);
    read_to = match.index + match[0].length;
    return {
      language: match[1],
      lines: match[2].split("\n").slice(0, -1),
      before: (paragraphs.at(-1) ?? "").replaceAll(/\s+/g, " "),
    };
  });
}

/** Every command of a document: the lines of its `sh` blocks without comments. */
export function commands(markdown: string): string[] {
  return fences(markdown)
    .filter(({ language }) => language === "sh")
    .flatMap(({ lines }) => lines.map((line) => line.replace(/\s+#.*$/, "").trim()))
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** The `curl` commands of a document, each with the answer in the block after it. */
export function requests(markdown: string): TourStep[] {
  const blocks = fences(markdown);
  return blocks.flatMap(({ language, lines, before }, index) =>
    language === "sh" && lines[0].startsWith("curl ")
      ? [{ title: before, command: lines.join("\n"), answer: answerOf(blocks[index + 1]) }]
      : []
  );
}

/** The requests in the section `## Tour`. */
export function tour(markdown: string): TourStep[] {
  const section = /^## Tour\n([^]*?)(?=^## |$(?![^]))/m.exec(markdown)?.[1] ?? "";
  const steps = requests(section);
  if (steps.length === 0) throw new Error("the README has no section ## Tour with curl commands");
  return steps;
}

function answerOf(block: Fence | undefined): string {
  if (block === undefined || block.language === "sh") {
    throw new Error("a curl command has no answer after it");
  }
  return block.lines.join("\n");
}
