/** A MySQL connection in a check file: what `lint`, `verify`, `plan --estimate` and `doctor` make of it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runDoctor, seenBy } from '../cli/doctor/run-doctor.js'
import { runCli } from '../support/run-cli.js'
import { ADMIN, PASSWORD, type Shop } from './shop.js'

export function mysqlInCheckFiles(use: () => Shop): void {
  describe('in a check file', () => {
    const env = { WORD: PASSWORD, ADMIN }
    const write = (user: string, check: string, secret = 'word') =>
      writeFileSync(
        join(use().place.path, 'postflight.yaml'),
        `version: 1
secrets: { word: { env: WORD }, admin: { env: ADMIN } }
connections:
  main: { type: mysql, host: 127.0.0.1, port: ${use().server.port}, database: shop, user: ${user}, password: "\${secret.${secret}}" }
  uploads: { type: files, root: /tmp }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
  - { ${check} }
  - { id: value, kind: sql, connection: main, sql: select count(*) from hits, expect: { value: 0 } }
`,
      )
    const ROWS = 'id: orders, kind: rows, connection: main, table: orders, expect: { count: 3 }'

    it('passes', async () => {
      write('reader', ROWS)
      const { code, stdout } = await runCli(['verify', '--json'], { cwd: use().place.path, env })
      expect(JSON.parse(stdout).counts).toMatchObject({ pass: 2, checks: 2 })
      expect(stdout).not.toContain(PASSWORD)
      expect(code).toBe(0)
    })

    it.each([
      ['postgres', 'id: x, kind: postgres, connection: main'],
      ['probe', 'id: x, kind: probe, connection: main, list: select 1'],
    ])('kind %s takes no such connection', async (kind, check) => {
      write('reader', check)
      const message = `connection "main" is of type mysql; check "x" (kind ${kind}) needs postgres here`
      await expect(runDoctor(use().place.path, env)).rejects.toMatchObject({
        issues: expect.arrayContaining([expect.objectContaining({ message })]),
      })
    })

    it('what it would read is estimated', async () => {
      write('reader', ROWS)
      await use().write('ANALYZE TABLE orders, hits')
      const { code, stdout } = await runCli(['plan', '--estimate'], { cwd: use().place.path, env })
      expect(stdout).toMatch(/about 3 rows, a table of 16(\.0)? ?KiB/)
      expect(code).toBe(0)
    })

    it.each([
      ['reader', 'word', [], ['EXECUTE on "shop".*'], 0],
      [
        'narrow',
        'word',
        [["SELECT command denied to user 'narrow'@'127.0.0.1' for table `shop`.`orders`", ['orders']]],
        [],
        1,
      ],
      ['admin', 'admin', [], ['ALL PRIVILEGES on *.*'], 0],
    ] as const)('doctor tells the rights of %s', async (user, secret, few, many, code) => {
      write(user, ROWS, secret)
      const looked = await seenBy(use().place.path, env, 'main')
      const { told } = looked
      expect(told).toMatchObject({ server: expect.stringMatching(/^MariaDB 1\d/), database: 'shop', tls: true })
      expect(told.too_few.map(({ right, checks }: { right: string; checks: unknown }) => [right, checks])).toEqual(few)
      expect(told.too_many.map(({ right }: { right: string }) => right)).toEqual(many)
      expect(Math.abs(told.clock_skew_ms)).toBeLessThan(1000)
      expect(looked.code).toBe(code)
    })
  })
}
