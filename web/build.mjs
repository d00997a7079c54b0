// Builds src/ into dist/ and writes dist/manifest.json: source name → built name.
import { build } from "esbuild";
import { rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

rmSync("dist", { recursive: true, force: true });
const result = await build({
  entryPoints: ["src/main.ts", "src/main.css", "src/survey.css"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "linked",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  metafile: true,
});

const names = {};
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint) names[basename(output.entryPoint)] = basename(path);
}
names["main.ts"] ?? fail("main.ts");
names["main.css"] ?? fail("main.css");
names["survey.css"] ?? fail("survey.css");
writeFileSync("dist/manifest.json", JSON.stringify(names));

function fail(name) {
  throw new Error(`${name} was not built`);
}
