#!/usr/bin/env node
import { execute } from '@oclif/core'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

await execute({ development: true, dir: new URL('..', import.meta.url).href })
