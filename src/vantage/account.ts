/** `name`, `uid` or `uid:gid` as numbers, read from this machine's account files. */
import { readFile } from 'node:fs/promises'
import { VantageError } from './vantage.js'

export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Throws a VantageError for a name that has no account here. */
export async function accountOf(user: string): Promise<Account> {
  const [name = '', group] = user.split(':')
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = accounts.find(([login, , uid]) => login === name || uid === name)
  const uid = found?.[2] ?? name
  if (!/^\d+$/.test(uid)) throw new VantageError(`there is no user "${name}" on this machine`)
  const gid = group ?? found?.[3] ?? uid
  if (!/^\d+$/.test(gid)) throw new VantageError(`"${group}" is not a group id`, { hint: 'write uid:gid in numbers' })
  return { uid: Number(uid), gid: Number(gid) }
}
