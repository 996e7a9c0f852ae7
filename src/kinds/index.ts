/** The registry: adding a kind is one folder and one line here. Schema, docs, `postflight kinds` and reporters follow. */
import { artifacts } from './artifacts/kind.js'
import { backup } from './backup/kind.js'
import { command } from './command/kind.js'
import { dns } from './dns/kind.js'
import { http } from './http/kind.js'
import type { Kind } from './kind.js'
import { postgres } from './postgres/kind.js'
import { redis } from './redis/kind.js'
import { resource } from './resource/kind.js'
import { rows } from './rows/kind.js'
import { s3 } from './s3/kind.js'
import { smtp } from './smtp/kind.js'
import { sql } from './sql/kind.js'
import { tcp } from './tcp/kind.js'
import { tls } from './tls/kind.js'
import { volume } from './volume/kind.js'
import { worker } from './worker/kind.js'

// Each kind is typed by its own schema; here they stand side by side as plain kinds.
export const kinds = [
  rows,
  sql,
  artifacts,
  volume,
  http,
  tcp,
  tls,
  dns,
  smtp,
  postgres,
  redis,
  s3,
  worker,
  backup,
  resource,
  command,
] as unknown as readonly Kind[]

export function kindNamed(name: string): Kind | undefined {
  return kinds.find((kind) => kind.name === name)
}
