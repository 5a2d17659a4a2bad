/** What tests, lab and measurements start processes with. No service imports it. */
export { comesFree, freePort, listenOnFreePort } from "./free_port.ts";
export { endWithUs, type LastWill } from "./last_will.ts";
