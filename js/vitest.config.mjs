// The suffix of a test says where it runs: x.test.ts in Node, x.browser.test.ts in a real Chromium with WebGL2.
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

export default defineConfig({
  plugins: [glsl],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["**/*.browser.test.ts"],
          environment: "node",
        },
      },
      {
        extends: true,
        test: {
          name: "webgl",
          include: ["tests/**/*.browser.test.ts"],
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
