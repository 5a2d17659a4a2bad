/** The dashboard in a real Chromium. */
import { assertEquals } from "@std/assert";
import { until } from "../harness/mod.ts";

/** npm packages, imported only at run time: a machine without Chromium downloads none. */
const PLAYWRIGHT_PACKAGE: string = "npm:playwright-core@1.65.1";
const AXE_PACKAGE: string = "npm:axe-core@4.14.1";

const CHROMIUM_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Path of Chromium, or null. */
const CHROMIUM = [Deno.env.get("CHROMIUM") ?? "", ...CHROMIUM_PATHS].find(isThere) ?? null;

/** The part of Playwright's `Page` used here. */
interface Page {
  goto(url: string): Promise<unknown>;
  title(): Promise<string>;
  context(): { newCDPSession(page: Page): Promise<CdpSession> };
  addInitScript(script: string): Promise<void>;
  emulateMedia(media: Record<string, string | null>): Promise<void>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  screenshot(options: { path?: string; fullPage?: boolean }): Promise<Uint8Array>;
  click(selector: string): Promise<void>;
  focus(selector: string): Promise<void>;
  innerText(selector: string): Promise<string>;
  isVisible(selector: string): Promise<boolean>;
  keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> };
  mouse: {
    move(x: number, y: number): Promise<void>;
    wheel(x: number, y: number): Promise<void>;
  };
  // deno-lint-ignore no-explicit-any
  on(event: string, hear: (event: any) => void): void;
}

interface CdpSession {
  send(method: "Runtime.evaluate", options: Record<string, unknown>): Promise<{
    result: { value: unknown };
    exceptionDetails?: { text: string; exception?: { description?: string } };
  }>;
}

/** An open page that records its errors. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors, policy violations, and requests to other hosts. */
  readonly problems: string[];
  /** Awaits a JavaScript expression on the page, by CDP: the page's policy forbids `eval`. */
  evaluate<T = unknown>(expression: string): Promise<T>;
  until(condition: string): Promise<void>;
}

export interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
  reduced_motion?: boolean;
  /** Further arguments of Chromium. */
  args?: readonly string[];
  /** Answer to a request for basic authentication. */
  credentials?: { username: string; password: string };
}

export async function openPage(url: string, look: Look = {}): Promise<OpenPage> {
  const { chromium } = await import(PLAYWRIGHT_PACKAGE);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // Containers lack what Chromium's sandbox needs; the browser opens only this project's page.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", ...look.args ?? []],
  });
  const page: Page = await browser.newPage({
    viewport: { width: look.width ?? 1280, height: look.height ?? 900 },
    colorScheme: look.dark ? "dark" : "light",
    reducedMotion: look.reduced_motion ? "reduce" : "no-preference",
    httpCredentials: look.credentials,
  });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // Some tests provoke failing requests.
    const is_network = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !is_network) problems.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { host } = new URL(request.url());
    if (host !== new URL(url).host) problems.push(`request to ${request.url()}`);
  });
  await page.addInitScript(
    `addEventListener("securitypolicyviolation", (event) =>
       console.error("policy: " + event.violatedDirective + " " + event.blockedURI))`,
  );
  await page.goto(url);
  const cdp = await page.context().newCDPSession(page);
  async function evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await cdp.send("Runtime.evaluate", options);
    if (exceptionDetails === undefined) return result.value as T;
    const { text, exception } = exceptionDetails;
    throw new Error(`${expression}: ${exception?.description ?? text}`);
  }
  return {
    page,
    problems,
    evaluate,
    async until(condition) {
      try {
        await until(condition, () => evaluate<boolean>(condition));
      } catch (error) {
        throw new Error(`${(error as Error).message}; page: ${await page.innerText("body")}`);
      }
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
    },
  };
}

/** Fails on any accessibility violation that axe finds in the current state of the page. */
export async function assertAccessible({ evaluate }: OpenPage): Promise<void> {
  const { default: axe } = await import(AXE_PACKAGE);
  await evaluate(`${axe.source}; undefined`);
  const violations = await evaluate<string[]>(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
      id + ": " + html + " " + failureSummary)))`);
  assertEquals(violations, []);
}

/** Options of tests that need Chromium. The browser keeps resources of its own. */
export const IN_BROWSER = {
  ignore: CHROMIUM === null,
  sanitizeOps: false,
  sanitizeResources: false,
};

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
