/** Every fault the tests plant, those inside of tables last. */
import type { Fault } from './fault.js'
import { INSIDE } from './inside.js'
import { REPLICATION } from './replication.js'
import { RIGHTS } from './rights.js'
import { SCHEMA } from './schema.js'
import { SERVER } from './server.js'

export { INSIDE } from './inside.js'

export const FAULTS: readonly Fault[] = [...SCHEMA, ...RIGHTS, ...REPLICATION, ...SERVER, ...INSIDE]
