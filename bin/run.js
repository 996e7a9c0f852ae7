#!/usr/bin/env node
'use strict'
// The code of the package is CommonJS, which starts sooner; that of a checkout is ES modules.
if (require('node:fs').existsSync(`${__dirname}/../dist/package.json`)) require('../dist/main.js')
else void import('../dist/main.js')
