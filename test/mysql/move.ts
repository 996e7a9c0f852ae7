/** The check file of docs/check-files.md for a move from MySQL to PostgreSQL, on a shop that was moved. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../generated.js'
import { createTree, type Tree } from '../kinds/artifacts/tree.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { type Across, openAcross } from './across.js'
import { PASSWORD, type Shop } from './shop.js'

const docs = readFileSync(join(ROOT, 'docs/check-files.md'), 'utf8')
const example = /^```yaml\n(# From MySQL to PostgreSQL:.*?)^```$/ms.exec(docs)?.[1] ?? ''

const OLD = [
  'CREATE TABLE market.customers (Id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, fullName VARCHAR(80), active TINYINT(1), created TIMESTAMP NULL)',
  "INSERT INTO market.customers VALUES (1, 'Zoë 🛒', 1, '2026-01-02 03:04:05'), (2, 'O''Neill', 0, NULL)",
  'CREATE TABLE market.orders (id BIGINT PRIMARY KEY, total DECIMAL(12,2), weight FLOAT, shipped DATE, details LONGTEXT)',
  `INSERT INTO market.orders VALUES (1, 12.50, 1.23456789, '2026-01-02', '{"channel": "web", "n": 1}'), (2, 0, NULL, '0000-00-00', '{"channel": "shop"}')`,
  'CREATE TABLE market.uploads (path VARCHAR(200) PRIMARY KEY, bytes INT)',
  "INSERT INTO market.uploads VALUES ('a/é.txt', 3), ('b.txt', 3)",
]
const NEW = `set time zone 'UTC';
  create table customers (id bigint primary key, fullname text, active boolean, created timestamptz);
  insert into customers values (1, 'Zoë 🛒', true, '2026-01-02 03:04:05'), (2, 'O''Neill', false, null);
  create table orders (id bigint primary key, total numeric(12,2), weight real, shipped date, details jsonb);
  insert into orders values (1, 12.5, 1.23457, '2026-01-02', '{"n": 1, "channel": "web"}'), (2, 0, null, null, '{"channel": "shop"}');
  create table uploads (path text primary key, bytes int);
  insert into uploads values ('a/é.txt', 3), ('b.txt', 3)`

export function movesAsDocumented(use: () => Shop): void {
  describe('the check file of the docs', () => {
    let across: Across
    let place: ReturnType<typeof directoryOf>
    let files: Tree
    beforeAll(async () => {
      across = await openAcross(use())
      place = directoryOf({})
      files = createTree({ 'b.txt': 'abc', 'a/é.txt': 'abc' })
      await use().write("SET sql_mode = ''", ...OLD, 'SET sql_mode = DEFAULT')
      await across.postgres.client.query(NEW)
      const there = example.replaceAll('shop.', 'market.').replace('/srv/shop/uploads', files.root)
      writeFileSync(join(place.path, 'postflight.yaml'), there)
    })
    afterAll(async () => {
      await across?.close()
      place?.remove()
      files?.remove()
    })

    const verify = async () => {
      const { host, port } = use().server
      const env = {
        OLD_DATABASE_URL: `mysql://reader:${PASSWORD}@${host}:${port}/market`,
        DATABASE_URL: across.postgres.url,
      }
      const { code, stdout, stderr } = await runCli(['verify', '--json'], { cwd: place.path, env })
      expect(stdout + stderr).not.toContain(PASSWORD)
      const { checks } = JSON.parse(stdout) as {
        readonly checks: readonly {
          readonly id: string
          readonly outcome: string
          readonly findings?: readonly object[]
        }[]
      }
      return { code, told: Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome])), checks }
    }

    it('passes where all was moved', async () => {
      const { code, told } = await verify()
      expect(told).toEqual({ 'tables-identical': 'pass', 'orders-identical': 'pass', 'uploads-on-disk': 'pass' })
      expect(code).toBe(0)
    })

    it('and tells what was not', async () => {
      await across.postgres.client.query(
        "update customers set fullname = 'ZoÃ«' where id = 1; delete from orders where id = 2",
      )
      files.take('b.txt')
      const { code, told, checks } = await verify()
      expect(told).toEqual({ 'tables-identical': 'fail', 'orders-identical': 'fail', 'uploads-on-disk': 'fail' })
      expect(JSON.stringify(checks)).toContain('public.customers 1')
      expect(code).toBe(1)
    })
  })
}
