'use strict'
// Started by npm after installing: packaging/compiled/compile.ts. A checkout has nothing to compile. Whatever comes of it,
// the package is installed: so it has a process of its own.
const compile = `${__dirname}/../dist/chunks/compile.js`
if (require('node:fs').existsSync(compile))
  require('node:child_process').spawnSync(process.execPath, [compile], { stdio: 'inherit' })
