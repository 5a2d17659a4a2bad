/** Every fault there is. */
export * from "./faults_http.ts";
export * from "./faults_process.ts";
export * from "./faults_resource.ts";
export * from "./faults_tcp.ts";
