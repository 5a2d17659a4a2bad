/** Invalid values of environment variables, and their error messages. */
export const REFUSED_VALUES = [
  ["DATA_SWITCHES", "abc", "must be a whole number 1–100000 (switches), e.g. 64"],
  ["DATA_SWITCHES", "1.5", "must be a whole number 1–100000 (switches), e.g. 64"],
  ["DATA_INTERVAL_SEC", "10s", "must be a number 1–86400 (s), e.g. 10"],
  ["DATA_FIELDS", "many", "must be a whole number 3–200 (columns)"],
  ["DATA_PROFILE", "ib", "must be one of fabric, ufm"],
  ["DATA_PORTS", "0x28", "must be a whole number 1–256 (ports), e.g. 40"],
  ["SEED", "lucky", "must be a whole number 0–4294967295"],
  ["SEED", "4294967296", "must be 0–4294967295"],
  ["SEED", "-1", "must be 0–4294967295"],
  ["FAULT_500_PCT", "5%", "must be a number 0–100 (%), e.g. 0"],
  ["FAULT_SLOW_MS", "1e3", "must be a whole number 0–60000 (ms), e.g. 0"],
  ["PORT", "http", "must be a whole number 0–65535, e.g. 9001"],
  ["PORT", "99999", "must be 0–65535"],
  ["PORT", "-1", "must be 0–65535"],
  ["LOG_LEVEL", "LOUD", "must be one of DEBUG, INFO, WARN, ERROR"],
].map(([variable, value, reason]) => ({
  variable,
  value,
  message: `${variable}=${value}: ${reason}`,
}));
