/** Programs the gate is proven with. */
import { programOf, type ServiceProgram } from "../../rig/mod.ts";

/** metrics_server with one of the defects of `defective_server.ts`. */
export function defective(defect: string): ServiceProgram {
  const program = programOf("metrics");
  const flags = program.args.slice(0, -1).map((arg) =>
    arg.replace("--allow-read=", "--allow-read=bench/gate/testing,")
  );
  return { ...program, args: [...flags, "bench/gate/testing/defective_server.ts", defect] };
}
