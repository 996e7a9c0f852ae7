/** All that is asked of a real MySQL server, which is one for all of it. */
import { afterAll, beforeAll } from 'vitest'
import { mysqlInstalled } from '../../fixtures/servers/mysql.js'
import { serverOrSkip } from '../support/require-server.js'
import { artifactsOnMysql } from './artifacts.js'
import { mysqlInCheckFiles } from './check-file.js'
import { comparesAcross } from './compare.js'
import { comparesExactly } from './compare-property.js'
import { comparesSchemas } from './compare-schemas.js'
import { compareTypes } from './compare-types.js'
import { mysqlConnections } from './connection.js'
import { kindsOnMysql } from './kinds.js'
import { movesAsDocumented } from './move.js'
import { openShop, type Shop } from './shop.js'

serverOrSkip('mariadbd', mysqlInstalled())('MariaDB', () => {
  let shop: Shop
  const use = () => shop
  beforeAll(async () => {
    shop = await openShop()
  })
  afterAll(() => shop?.close())

  kindsOnMysql(use)
  mysqlConnections(use)
  artifactsOnMysql(use)
  comparesAcross(use)
  comparesSchemas(use)
  compareTypes(use)
  comparesExactly(use)
  mysqlInCheckFiles(use)
  movesAsDocumented(use)
})
