/** Programs of a run: the source, the subject under test, and the lab's own. */
export { ManagedProcess, type ProcessEvent, type ProcessOptions } from "./managed_process.ts";
export { readListAnswer, readStatsAnswer, readValueAnswer } from "./read_answer.ts";
export { redisCommand, type RedisReply } from "./redis_command.ts";
export { type Finder, onPath, reasonNotToRun, startFront, startStore } from "./replica_services.ts";
export { METRICS_SERVER, startDataServer, startSubject } from "./services.ts";
export { CSV_VALUE, secretsOfSubject, type Subject, usesStore, valuePath } from "./subject.ts";
export { parseSubject, readSubjectFile, SubjectFileError } from "./subject_file.ts";
