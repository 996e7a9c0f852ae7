#!/usr/bin/env node
import { execute, settings } from '@oclif/core'

// The AWS SDK prints a Node-version notice on Node 20 that says nothing to a user of postflight.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
settings.enableAutoTranspile = false

await execute({ dir: import.meta.url })
