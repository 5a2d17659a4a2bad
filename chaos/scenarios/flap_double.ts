import { flapping } from "./flapping.ts";

export default flapping(
  "flap-double",
  "What does a source do that comes and goes at half the polls' beat?",
  2,
);
