/** Programs of a run: the source, the subject under test, others of the lab; started and ended. */
export {
  ManagedProcess,
  type ProcessEvent,
  type ProcessOptions,
  type ProcessSpec,
  READY_MS_MAX,
} from "./managed_process.ts";
export {
  readAge,
  readStatsAnswer,
  readValueAnswer,
  type SubjectAnswer,
  type ToldStats,
  type ToldValue,
} from "./read_answer.ts";
export {
  type DataServerOptions,
  METRICS_SERVER,
  startDataServer,
  startSubject,
  type SubjectOptions,
} from "./services.ts";
export {
  type AgePlace,
  type AgeUnit,
  type PollerPlaces,
  type Subject,
  valuePath,
} from "./subject.ts";
export { parseSubject, readSubjectFile, SubjectFileError } from "./subject_file.ts";
