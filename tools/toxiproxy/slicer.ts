/** The slicer toxic: cuts data into small pieces, each sent on its own. */
import { PACED_HELD_BYTES_MIN } from "./limits.ts";
import { Alarm, type Stage, type StageMaker } from "./stage.ts";

/**
 * Sizes of the pieces of a chunk. As in the real server, a range that is longer than
 * `average_size` + `size_variation` is halved, ± `size_variation` from its middle, and so are the
 * halves: with no variation the pieces have half of the average to all of it.
 */
function* pieceSizes(
  bytes: number,
  { average_size, size_variation }: Readonly<Record<string, number>>,
  random: () => number,
): Generator<number, void> {
  const ranges = [bytes];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    if (range <= average_size + size_variation) {
      if (range > 0) yield range;
      continue;
    }
    const varied = Math.floor(random() * 2 * size_variation) - size_variation;
    const first = Math.floor(range / 2) + varied;
    ranges.push(range - first, first);
  }
}

/** Sends a piece, waits for `delay` µs, sends the next. */
export const slicer: StageMaker = (out, attributes, world): Stage => {
  const waiting: Uint8Array[] = [];
  const alarm = new Alarm(world);
  let held_bytes = 0;
  let has_ended = false;
  let sizes: Generator<number, void> | null = null;

  const send = (piece: Uint8Array) => {
    held_bytes -= piece.length;
    out.push(piece);
  };
  const sendPiece = () => {
    const [chunk] = waiting;
    if (chunk === undefined) {
      if (has_ended) out.end();
      return;
    }
    sizes ??= pieceSizes(chunk.length, attributes(), world.random);
    const size = sizes.next().value ?? chunk.length;
    if (size < chunk.length) waiting[0] = chunk.subarray(size);
    else {
      waiting.shift();
      sizes = null;
    }
    // Set before it is sent: sending may stop this stage.
    alarm.set(attributes().delay / 1_000, sendPiece);
    send(chunk.subarray(0, size));
    world.eased();
  };
  const sendAll = () => {
    alarm.clear();
    sizes = null;
    for (const chunk of waiting.splice(0)) send(chunk);
    if (has_ended) out.end();
  };
  return {
    get full() {
      return held_bytes >= PACED_HELD_BYTES_MIN;
    },
    push(chunk) {
      world.hit(chunk.length);
      waiting.push(chunk);
      held_bytes += chunk.length;
      if (!alarm.is_set) sendPiece();
    },
    end() {
      has_ended = true;
      if (!alarm.is_set) out.end();
    },
    release: sendAll,
    leave: sendAll,
    stop() {
      alarm.clear();
      waiting.length = 0;
      held_bytes = 0;
    },
  };
};
