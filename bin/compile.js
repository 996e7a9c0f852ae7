'use strict'
// Started by npm after installing: packaging/compiled/compile.ts. A checkout has nothing to compile.
const compile = `${__dirname}/../dist/chunks/compile.js`
if (require('node:fs').existsSync(compile)) require(compile)
