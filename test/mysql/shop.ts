/** A real MariaDB with a small shop in it, which all tests of MySQL share, and the ways they ask it. */
import { join } from 'node:path'
import { type MysqlServer, startMysql } from '../../fixtures/servers/mysql.js'
import { makeTlsMaterial } from '../../fixtures/servers/tls.js'
import type { MysqlSpec } from '../../src/connections/schema.js'
import type { rows } from '../../src/kinds/rows/kind.js'
import type { sql } from '../../src/kinds/sql/kind.js'
import { type MysqlSource, openMysql } from '../../src/mysql/connect.js'
import { openClient } from '../../src/mysql/open-client.js'
import { mysqlSettings } from '../../src/mysql/settings.js'
import { command } from '../../src/mysql/wire.js'
import { type Ran, runKind } from '../kinds/run.js'
import { directoryOf } from '../support/run-cli.js'

export const PASSWORD = 'a-Password-of-mysql-1'
export const ADMIN = 'an-Admin-of-mysql-1'
export const live = () => new AbortController().signal

const SET_UP = [
  'SET NAMES utf8mb4',
  'CREATE DATABASE shop CHARACTER SET utf8mb4',
  'USE shop',
  'CREATE TABLE orders (id BIGINT PRIMARY KEY, state VARCHAR(20), total DECIMAL(30,10), note TEXT, photo VARBINARY(10), due DATETIME)',
  `INSERT INTO orders VALUES (1, 'paid', 12.5000000001, 'a "note" of Zoë 🛒', X'00ff', '2026-02-03 04:05:06')`,
  `INSERT INTO orders VALUES (2, 'void', -0.1, 'it''s a \\\\ backslash', NULL, NULL)`,
  `INSERT INTO orders VALUES (9007199254740993, 'paid', 1, NULL, X'', NULL)`,
  'CREATE TABLE `Odd "name"` (id INT)',
  'CREATE TABLE hits (id INT) ENGINE=MyISAM',
  'CREATE FUNCTION hit() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO hits VALUES (1); RETURN 1; END'.replaceAll(
    ';',
    ';',
  ),
  `CREATE USER admin@'127.0.0.1' IDENTIFIED BY '${ADMIN}'`,
  `GRANT ALL ON *.* TO admin@'127.0.0.1'`,
  `CREATE USER reader@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`,
  `GRANT SELECT, EXECUTE ON shop.* TO reader@'127.0.0.1'`,
  'CREATE DATABASE market CHARACTER SET utf8mb4',
  `GRANT SELECT ON market.* TO reader@'127.0.0.1'`,
  `CREATE USER narrow@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`,
  `GRANT SELECT ON shop.hits TO narrow@'127.0.0.1'`,
  'CREATE TABLE staff (id INT PRIMARY KEY, a VARCHAR(20))',
  `GRANT SELECT (id) ON shop.staff TO narrow@'127.0.0.1'`,
  "CREATE DEFINER = admin@'127.0.0.1' VIEW staff_list AS SELECT id, a FROM staff",
  `GRANT SELECT ON shop.staff_list TO narrow@'127.0.0.1'`,
]

type Answer = Awaited<ReturnType<Parameters<Parameters<MysqlSource['withSession']>[1]>[0]['select']>>

export interface Shop {
  readonly server: MysqlServer
  readonly place: ReturnType<typeof directoryOf>
  readonly ca: string
  readonly spec: (more?: Partial<MysqlSpec>) => MysqlSpec
  /** What comes of one question over a connection of its own. */
  readonly asking: <T>(more: Partial<MysqlSpec>, ask: (source: MysqlSource) => Promise<T>) => Promise<T>
  readonly select: (query: string, more?: Partial<MysqlSpec>, signal?: AbortSignal) => Promise<Answer>
  readonly run: (kind: typeof rows | typeof sql, fields: Record<string, unknown>) => Promise<Ran>
  /** Statements as the administrator, in the shop. */
  readonly write: (...statements: readonly string[]) => Promise<void>
  readonly close: () => Promise<void>
}

export async function openShop(): Promise<Shop> {
  const tls = makeTlsMaterial()
  const place = directoryOf({ 'ca.pem': tls.ca })
  const server = await startMysql({ setUp: SET_UP, tls: tls.served['good.test'] })
  const spec: Shop['spec'] = (more = {}) => ({
    type: 'mysql',
    host: server.host,
    port: server.port,
    database: 'shop',
    user: 'reader',
    password: PASSWORD,
    limit: 2,
    connect_timeout: 5000,
    lock_timeout: 2000,
    ...more,
  })
  const source = openMysql('main', spec(), {})
  const asking: Shop['asking'] = async (more, ask) => {
    const opened = openMysql('main', spec(more), {})
    try {
      return await ask(opened)
    } finally {
      await opened.close()
    }
  }
  const context = { label: 'writer', user: 'admin', database: 'shop', showData: false }
  const writer = await openClient(mysqlSettings(spec({ user: 'admin', password: ADMIN })), {
    connectTimeoutMs: 5000,
    signal: live(),
    context,
  })
  return {
    server,
    place,
    ca: join(place.path, 'ca.pem'),
    spec,
    asking,
    select: (query, more = {}, signal = live()) =>
      asking(more, (opened) =>
        opened.withSession({ signal }, (session) => session.select({ sql: query, path: ['sql'] }, { limit: 10 })),
      ),
    run: (kind, fields) => runKind(kind as typeof sql, { connection: 'main', ...fields }, { sql: source }),
    write: async (...statements) => {
      for (const statement of statements) await command(writer, statement)
    },
    close: async () => {
      writer.destroy()
      await source.close()
      await server.stop()
      place.remove()
    },
  }
}
