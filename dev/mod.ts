/** The door of dev: how the services are started as processes, and ended. */
export { serviceArguments, type ServiceName } from "./service_command.ts";
export { type ServiceOptions, type ServiceProcess, startService } from "./service_process.ts";
export { signalChild } from "./signal_child.ts";
