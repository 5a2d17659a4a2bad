import { flapping } from "./flapping.ts";

export default flapping(
  "flap-half",
  "What does a source do that comes and goes twice as fast as polls come?",
  0.5,
);
