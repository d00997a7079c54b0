// Builds src/ into dist/ and writes dist/manifest.json: source name → built name. Beside
// them it puts the lexicon of English sentiment, words with their valence, and its licence.
import { build } from "esbuild";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
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

const vader = (file) => readFileSync(`node_modules/vader-sentiment/${file}`, "utf8");
const words = vader("vader_lexicon.txt").split("\n").map((line) => line.split("\t").slice(0, 2).join("\t"));
if (words.length < 7000) fail("lexicon-en.txt");
writeFileSync("dist/lexicon-en.txt", words.join("\n"));
writeFileSync("dist/lexicon-en.LEGAL.txt", `${vader("NOTICE")}\n${vader("LICENSE")}`);
names["survey.css"] ?? fail("survey.css");
writeFileSync("dist/manifest.json", JSON.stringify(names));

function fail(name) {
  throw new Error(`${name} was not built`);
}
