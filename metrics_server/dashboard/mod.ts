/** The page for people: what a browser is served at `/`. */
export { createDashboard, type Dashboard, DASHBOARD_PATHS } from "./dashboard.ts";
