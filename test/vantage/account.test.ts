import { expect, it } from 'vitest'
import { accountIn } from '../../src/vantage/account.js'

const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1001:1001::/srv:/bin/sh\nappendix:x:1002:1002::/srv:/bin/sh\n'
const group = 'root:x:0:\napp:x:1001:\nmedia:x:44:mail,app\nbackup:x:34:appendix\nvideo:x:45:app\n'

it.each([
  ['app', 1001, 1001, [1001, 44, 45]],
  ['1001', 1001, 1001, [1001, 44, 45]],
  ['1001:44', 1001, 44, [44]],
  ['4711', 4711, 4711, [4711]],
])('%s has the groups of its account, and with a group of its own no other', (user, uid, gid, groups) => {
  expect(accountIn(user, passwd, group)).toEqual({ uid, gid, groups })
})
