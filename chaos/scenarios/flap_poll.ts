import { flapping } from "./flapping.ts";

export default flapping(
  "flap-poll",
  "What does a source do that comes and goes in step with the polls?",
  1,
);
