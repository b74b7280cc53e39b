// Bundles src/widget.ts and its style sheet into ais_jupyter/widgets/static; fails when the bundle is over budget.
import { mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const BUDGET = 300_000;
const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const out = resolve(root, "../ais_jupyter/widgets/static");

const options = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".glsl": "text" },
  legalComments: "none",
  logLevel: "warning",
};

if (process.argv.includes("--serve")) {
  const context = await esbuild.context({
    ...options,
    entryPoints: ["dev/main.tsx"],
    outdir: resolve(root, "dev/built"),
    sourcemap: true,
  });
  const { port } = await context.serve({ servedir: resolve(root, "dev"), host: "127.0.0.1" });
  console.log(`http://127.0.0.1:${port}/`);
} else {
  mkdirSync(out, { recursive: true });
  rmSync(resolve(out, "widget.css"), { force: true }); // a bundle that forgot its style sheet must not find an old one
  await esbuild.build({
    ...options,
    minify: true,
    entryPoints: { widget: "src/widget.ts" },
    outdir: out,
  });
  const size = statSync(resolve(out, "widget.js")).size;
  console.log(`widget.js ${(size / 1000).toFixed(1)} kB minified, budget ${BUDGET / 1000} kB`);
  if (size > BUDGET) {
    console.error("The bundle is over its budget: every widget instance carries all of it.");
    process.exit(1);
  }
}
