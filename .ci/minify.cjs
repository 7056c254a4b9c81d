// node minify.cjs TERSER < source > minified: runs Terser's own bundle, which stands alone without source maps.
"use strict";
const { readFileSync } = require("node:fs");
const { createContext, runInContext } = require("node:vm");

const context = createContext({ console });
runInContext(readFileSync(process.argv[2], "utf8"), context);
context.Terser.minify(readFileSync(0, "utf8"), { toplevel: true }).then(
  ({ code }) => process.stdout.write(`${code}\n`),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
