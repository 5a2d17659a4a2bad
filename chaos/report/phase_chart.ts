/** Phases and faults over time, on the scale of the charts below. */
import { duration, instant, type Run, type Span } from "../judge/mod.ts";
import { CHART, round, timeScale, type X } from "./chart.ts";
import { type Markup, markup } from "./markup.ts";
import { lanesOf } from "./replicas.ts";
import { clip } from "./text.ts";

const ROW_HEIGHT = 22, BAR_HEIGHT = 18;

/** Width of a character of a bar's label, in the widest of the usual fonts. */
const CHAR_WIDTH = 6.9;

/** Most rows of faults. The event list has all of them. */
const FAULT_ROWS_MAX = 12;

/** A row of phases, a row for each fault, and a row with the roles of each replica. */
export function phaseChart(run: Run, span: Span): Markup {
  const x = timeScale(span);
  const faults = run.faults.slice(0, FAULT_ROWS_MAX);
  const lanes = lanesOf(run);
  const height = (1 + faults.length + lanes.length) * ROW_HEIGHT + 6;
  const phases = run.phases.filter(({ to_ms }) => to_ms > span.from_ms).map((
    { phase, from_ms, to_ms },
  ) =>
    bar({ text: phase, kind: `phase ${phase}`, from_ms, to_ms, row: 0, label_outside: false }, x)
  );
  const label = `${lanes.length > 0 ? "Phases, faults and roles" : "Phases and faults"} from ${
    instant(span.from_ms)
  } to ${instant(span.to_ms)}`;
  return markup`<svg class="chart phases" viewBox="0 0 ${CHART.width} ${height}" role="img" aria-label="${label}">
<title>${label}</title>
${rowLabel("phase", 0)}
${phases}
${
    faults.map(({ id, fault, on_ms, off_ms }, i) =>
      markup`${i === 0 ? rowLabel("fault", 1) : null}${
        bar({
          text: fault.text,
          kind: "on",
          from_ms: on_ms,
          to_ms: off_ms ?? span.to_ms,
          row: i + 1,
          label_outside: true,
          id,
        }, x)
      }
`
    )
  }${
    lanes.map(({ name, roles }, i) => {
      const row = 1 + faults.length + i;
      const bars = roles.filter(({ to_ms }) => to_ms > span.from_ms).map((role) =>
        bar({
          text: role.role,
          kind: `role ${role.role}`,
          from_ms: role.from_ms,
          to_ms: role.to_ms,
          row,
          label_outside: false,
          id: role.fence === null ? name : `${name}, fencing number ${role.fence}`,
        }, x)
      );
      return markup`${rowLabel(name, row)}${bars}
`;
    })
  }</svg>`;
}

function rowLabel(text: string, row: number): Markup {
  return markup`<text class="tick" x="${CHART.left - 8}" y="${
    row * ROW_HEIGHT + 14
  }" text-anchor="end">${text}</text>`;
}

interface Bar extends Span {
  text: string;
  kind: string;
  row: number;
  /** Whether the label may stand beside a bar that is too short for it. */
  label_outside: boolean;
  id?: string;
}

function bar({ text, kind, from_ms, to_ms, row, label_outside, id }: Bar, x: X): Markup {
  const from = x(from_ms), width = Math.max(1.5, round(x(to_ms) - from));
  const y = row * ROW_HEIGHT;
  const title = `${id === undefined ? "" : `${id}: `}${text}, ${instant(from_ms)}–${
    instant(to_ms)
  } (${duration(to_ms - from_ms)})`;
  const rect =
    markup`<rect class="${kind}" x="${from}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="2"><title>${title}</title></rect>`;
  const at_y = y + 13.5;
  const text_width = text.length * CHAR_WIDTH + 10;
  const right = CHART.width - CHART.right;
  const room_right = right - from - width, room_left = from - CHART.left;
  if (text_width <= width || (label_outside && width >= Math.max(room_right, room_left))) {
    const middle = round(from + width / 2);
    return markup`${rect}<text class="bar-label" x="${middle}" y="${at_y}" text-anchor="middle">${
      fit(text, width)
    }</text>`;
  }
  if (!label_outside) return rect;
  const is_right = room_right >= Math.min(text_width, room_left);
  const at = round(is_right ? from + width + 5 : from - 5);
  return markup`${rect}<text class="bar-label" x="${at}" y="${at_y}" text-anchor="${
    is_right ? "start" : "end"
  }">${fit(text, is_right ? room_right : room_left)}</text>`;
}

/** The label, shortened to the room. */
function fit(text: string, room: number): string {
  return clip(text, Math.max(1, Math.floor((room - 10) / CHAR_WIDTH)));
}
