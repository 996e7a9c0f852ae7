import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type S3Server, startS3 } from '../../../fixtures/servers/s3.js'
import { makeTlsMaterial } from '../../../fixtures/servers/tls.js'
import { runCli } from '../../support/run-cli.js'

const material = makeTlsMaterial()
let folder: string
const servers: S3Server[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postflight-s3-tls-'))
  writeFileSync(join(folder, 'ca.pem'), material.ca)
})
afterAll(async () => {
  for (const server of servers) await server.stop()
  rmSync(folder, { recursive: true })
})

/** What `verify` tells of a bucket behind this certificate, by this host name. */
async function seen(name: keyof typeof material.served, env: Record<string, string>, host = 'localhost') {
  const server = await startS3({ tls: material.served[name] })
  servers.push(server)
  server.put('media', 'a', 'x')
  const file = join(folder, `${name}-${servers.length}.yaml`)
  writeFileSync(
    file,
    `version: 1
secrets: { key: { env: KEY } }
connections:
  media: { type: s3, bucket: media, endpoint: "https://${host}:${server.port}", path_style: true, access_key: ${server.accessKey}, secret_key: "\${secret.key}" }
checks:
  - { id: it, kind: s3, connection: media, retry: none, owner: me, severity: high, remediation: do, anonymous: { list: true } }
`,
  )
  const { code, stdout } = await runCli(['verify', file, '--json'], { env: { KEY: server.secretKey, ...env } })
  const [check] = JSON.parse(stdout).checks
  return { code, subjects: check.subjects, diagnoses: JSON.stringify(check.diagnoses) }
}

test('a certificate that is trusted', async () => {
  const { code, subjects } = await seen('good.test', { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') })
  expect(subjects).toMatchObject({ reachable: true, readable: true, anonymous_list: false })
  expect(code).toBe(0)
})

test.each([
  ['good.test', {}, 'from an authority that is not trusted here'],
  ['self.test', {}, 'the certificate is self-signed'],
  ['expired.test', { NODE_EXTRA_CA_CERTS: 'ca' }, 'the certificate has expired'],
  ['mismatch.test', { NODE_EXTRA_CA_CERTS: 'ca' }, 'the certificate is for another name'],
] as const)('%s, %j: %s', async (name, env, reason) => {
  const trusted = 'NODE_EXTRA_CA_CERTS' in env ? { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') } : {}
  const { code, subjects, diagnoses } = await seen(name, trusted)
  expect(subjects).toMatchObject({ reachable: false, failed_step: 'handshake' })
  expect(diagnoses).toContain(reason)
  expect(code).toBe(1)
})
