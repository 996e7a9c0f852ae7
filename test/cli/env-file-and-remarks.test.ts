import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { s3 } from '../support/s3.js'

let database: TestDatabase
let store: Awaited<ReturnType<typeof s3>>
let place: ReturnType<typeof directoryOf>

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query(`create table uploads (path text); insert into uploads values (E'two\\nlines'), ('a')`)
  store = await s3()
  store.server.bucket('media')
  store.server.put('media', 'a', 'x')
  store.server.put('media', 'two\nlines', 'x')
})
afterAll(async () => {
  await store.stop()
  await database.drop()
})
beforeEach(() => {
  place = directoryOf()
})
afterEach(() => place.remove())

const head = (connections: string) => `version: 1
connections:
${connections}
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
  - { id: uploads, kind: artifacts, rows: { connection: main, sql: select path from uploads, key: path }, store: media }
`

describe('--env-file', () => {
  it('reaches connections too: PG* and AWS_* need not be in the environment', async () => {
    const { hostname, port, username, password, pathname } = new URL(database.url)
    const { endpoint, region, accessKey, secretKey } = store.server
    writeFileSync(
      join(place.path, 'shop.env'),
      `PGHOST=${hostname}\nPGPORT=${port}\nPGUSER=${username}\nPGPASSWORD=${password}\nPGDATABASE=${pathname.slice(1)}
AWS_ACCESS_KEY_ID=${accessKey}\nAWS_SECRET_ACCESS_KEY=${secretKey}\n`,
    )
    writeFileSync(
      join(place.path, 'postflight.yaml'),
      head(`  main: { type: postgres }
  media: { type: s3, bucket: media, endpoint: "${endpoint}", region: ${region}, path_style: true }`),
    )
    const { code, stdout, stderr } = await runCli(['verify', '--env-file', 'shop.env'], {
      cwd: place.path,
      env: { AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' },
    })
    expect(stdout + stderr).toContain('1 check passed')
    expect(code).toBe(0)
  })
})

describe('what --findings has to say of its lists', () => {
  it('stands in the report, and nowhere twice', async () => {
    mkdirSync(join(place.path, 'uploads'))
    writeFileSync(join(place.path, 'uploads/a'), 'x')
    writeFileSync(
      join(place.path, 'postflight.yaml'),
      head(`  main: { type: postgres, url: "\${env.SHOP_URL}" }\n  media: { type: files, root: ./uploads }`),
    )
    const args = ['verify', '--findings', 'out', '--reporter', 'json:run.json']
    const { code, stdout, stderr } = await runCli(args, { cwd: place.path, env: { SHOP_URL: database.url } })
    const remark = '1 keys of "uploads" hold newlines and are only in its missing.nul'
    expect(JSON.parse(readFileSync(join(place.path, 'run.json'), 'utf8')).warnings).toEqual([remark])
    expect(stdout.replace(/\s+/g, ' ')).toContain(remark)
    expect(stderr).not.toContain('newlines')
    expect(code).toBe(1)
  })
})
