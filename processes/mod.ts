/** What tests, lab and measurements start processes with. No service imports it. */
export { endWithUs, type LastWill } from "./last_will.ts";
