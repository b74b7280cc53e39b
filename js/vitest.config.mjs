// The suffix of a test says where it runs: x.test.ts in Node, x.dom.test.tsx in happy-dom, x.browser.test.ts in a real
// Chromium with WebGL2.
import { existsSync, readFileSync } from "node:fs";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const chromium =
  process.env.AIS_CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((path) => existsSync(path));

const glsl = {
  name: "glsl",
  transform: (_code, id) =>
    id.endsWith(".glsl")
      ? { code: `export default ${JSON.stringify(readFileSync(id, "utf8"))}`, map: null }
      : undefined,
};

/** What the desktop program gave, where the samples lie beside the repository; null elsewhere. */
const golden = {
  name: "golden-filters",
  resolveId: (id) => (id === "virtual:golden-filters" ? id : undefined),
  load(id) {
    if (id !== "virtual:golden-filters") return undefined;
    const folder = new URL("../../shared/samples/golden_filters/", import.meta.url);
    if (!existsSync(folder)) return "export default null";
    const image = (name) => {
      const bytes = readFileSync(new URL(name, folder));
      const start = 10 + bytes.readUInt16LE(8);
      const header = bytes.toString("latin1", 10, start);
      if (!header.includes("'<f4'")) throw new Error(`${name} does not hold 32-bit numbers`);
      const [height, width] = /\((\d+), (\d+)\)/.exec(header).slice(1).map(Number);
      const values = Array.from({ length: height * width }, (_, i) => bytes.readFloatLE(start + 4 * i));
      return { height, width, values };
    };
    const cases = JSON.parse(readFileSync(new URL("manifest.json", folder), "utf8"));
    const results = cases.map((one) => ({ ...one, result: image(one.file).values }));
    return `export default ${JSON.stringify({ image: image("raw_slice16.npy"), cases: results })}`;
  },
};

export default defineConfig({
  plugins: [glsl, golden],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["**/*.browser.test.ts", "**/*.dom.test.ts"],
          environment: "node",
        },
      },
      {
        extends: true,
        test: { name: "dom", include: ["tests/**/*.dom.test.{ts,tsx}"], environment: "happy-dom" },
      },
      {
        extends: true,
        test: {
          name: "webgl",
          include: ["tests/**/*.browser.test.{ts,tsx}"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: "chromium" }],
            provider: playwright({
              launchOptions: {
                executablePath: chromium,
                args: [
                  "--no-sandbox",
                  "--use-gl=angle",
                  "--use-angle=swiftshader",
                  "--enable-unsafe-swiftshader",
                  "--ignore-gpu-blocklist",
                ],
              },
            }),
          },
        },
      },
    ],
  },
});
