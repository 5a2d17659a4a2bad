/** Reads the README: its commands, and the tour with the answers it documents. Pure. */

/** A fenced block of Markdown. */
export interface Fence {
  language: string;
  lines: string[];
  /** Text of the last paragraph before it. */
  before: string;
}

/** One step of the tour: a command and the answer as the README shows it. */
export interface TourStep {
  /** What the step shows. */
  title: string;
  command: string;
  /** Output of the command, as documented: values differ, the shape does not. */
  answer: string;
}

const FENCE = /^```(\w*)\n([^]*?)^```$/gm;

/** All fenced blocks, in order. */
export function fences(markdown: string): Fence[] {
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

/** Every command of the README: the lines of its `sh` blocks that are not comments. */
export function commands(markdown: string): string[] {
  return fences(markdown)
    .filter(({ language }) => language === "sh")
    .flatMap(({ lines }) => lines.map((line) => line.replace(/\s+#.*$/, "").trim()))
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/**
 * The tour: in the section `## Tour`, each `sh` block holds one command and the block after it the
 * answer.
 */
export function tour(markdown: string): TourStep[] {
  const section = /^## Tour\n([^]*?)(?=^## |$(?![^]))/m.exec(markdown)?.[1] ?? "";
  const blocks = fences(section);
  const steps = blocks.flatMap(({ language, lines, before }, index) =>
    language === "sh"
      ? [{ title: before, command: lines.join("\n"), answer: answerOf(blocks[index + 1]) }]
      : []
  );
  if (steps.length === 0) throw new Error("the README has no section ## Tour with sh blocks");
  return steps;
}

function answerOf(block: Fence | undefined): string {
  if (block === undefined || block.language === "sh") {
    throw new Error("the tour has a command without an answer after it");
  }
  return block.lines.join("\n");
}
