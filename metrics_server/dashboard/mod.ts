/** The page for people: what a browser is served at `/`. */
export { createDashboard, type Dashboard, DASHBOARD_PATHS, SECURITY_HEADERS } from "./dashboard.ts";
