/** `name`, `uid` or `uid:gid` as numbers, read from this machine's account files. */
import { readFile } from 'node:fs/promises'
import { VantageError } from './vantage.js'

export interface Account {
  readonly uid: number
  readonly gid: number
  /** All of them, as at a login; of `uid:gid` that one alone. */
  readonly groups: readonly number[]
}

/** Throws a VantageError for a name that has no account here. */
export async function accountOf(user: string): Promise<Account> {
  const [passwd, group] = await Promise.all(['/etc/passwd', '/etc/group'].map((file) => readFile(file, 'utf8')))
  return accountIn(user, passwd ?? '', group ?? '')
}

export function accountIn(user: string, passwd: string, groups: string): Account {
  const [name = '', group] = user.split(':')
  const found = fields(passwd).find(([login, , uid]) => login === name || uid === name)
  const uid = found?.[2] ?? name
  if (!/^\d+$/.test(uid)) throw new VantageError(`there is no user "${name}" on this machine`)
  const gid = group ?? found?.[3] ?? uid
  if (!/^\d+$/.test(gid)) throw new VantageError(`"${group}" is not a group id`, { hint: 'write uid:gid in numbers' })
  const login = group === undefined ? found?.[0] : undefined
  const more = fields(groups).filter(
    ([, , id = '', members = '']) => login !== undefined && id !== gid && members.split(',').includes(login),
  )
  return { uid: Number(uid), gid: Number(gid), groups: [gid, ...more.map(([, , id]) => id)].map(Number) }
}

function fields(file: string): readonly (readonly string[])[] {
  return file.split('\n').map((line) => line.split(':'))
}
