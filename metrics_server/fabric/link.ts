/** The way from a serving thread to the thread that renders `/metrics/fabric`, and back. */
import type { FabricBody } from "./renderer.ts";
import type { RenderFabric } from "./fabric_metrics.ts";
import type { FabricSelection } from "./selection.ts";

interface Question {
  readonly number: number;
  readonly selection: FabricSelection;
}

interface Answer {
  readonly number: number;
  readonly result: FabricBody | { readonly error: string };
}

/** Requests bodies from the thread at the other end of the port. */
export function fabricLink(port: MessagePort): RenderFabric {
  const waiting = new Map<number, PromiseWithResolvers<FabricBody>>();
  let number = 0;
  port.onmessage = ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.number);
    waiting.delete(data.number);
    if ("error" in data.result) asked?.reject(new Error(data.result.error));
    else asked?.resolve(data.result);
  };
  return (selection) => {
    const asked = Promise.withResolvers<FabricBody>();
    waiting.set(++number, asked);
    port.postMessage({ number, selection } satisfies Question);
    return asked.promise;
  };
}

/** Answers the thread at the other end of the port. Each answer is a copy that is moved there. */
export function serveFabric(port: MessagePort, render: RenderFabric): void {
  const send = (answer: Answer, moved: ArrayBuffer[] = []) => port.postMessage(answer, moved);
  port.onmessage = async ({ data: { number, selection } }: MessageEvent<Question>) => {
    try {
      const body = await render(selection);
      const gzip = body.gzip.slice();
      send({ number, result: { ...body, gzip } }, [gzip.buffer]);
    } catch (error) {
      send({ number, result: { error: error instanceof Error ? error.stack! : String(error) } });
    }
  };
}
