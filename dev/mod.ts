/** The door of dev: how the services are started as processes. */
export { serviceArguments, type ServiceName } from "./service_command.ts";
export { type ServiceOptions, type ServiceProcess, startService } from "./service_process.ts";
