/** What reads options, for the fuzzer. */
export { parseInvocation } from "../command_line.ts";
export { parseDuration } from "../duration.ts";
export { ConfigProblem } from "../exit_codes.ts";
export { parseExpression } from "../metrics/threshold_expression.ts";
export { mergeOptions, optionsFromEnv, readOptions } from "../options/read_options.ts";
export { deriveScenarios } from "../options/scenario_reader.ts";
