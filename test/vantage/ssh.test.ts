import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sshd, sshdInstalled, startSshd } from '../../fixtures/servers/sshd.js'
import { connectionSchema, type SshSpec } from '../../src/connections/schema.js'
import { runScript } from '../../src/vantage/run.js'
import { createSshVantage } from '../../src/vantage/ssh.js'
import { VantageError } from '../../src/vantage/vantage.js'
import { serverOrSkip } from '../support/require-server.js'
import { failure, vantageTable } from './table.js'

const spec = (sshd: Sshd, more: Record<string, unknown> = {}): SshSpec =>
  connectionSchema.parse({ ...sshd.connection, ...more }) as SshSpec
// Nothing of whoever runs the tests is to be used: no agent.
const env = { PATH: process.env['PATH'], HOME: '/nonexistent' }
const root = process.getuid?.() === 0

serverOrSkip('sshd', sshdInstalled())('ssh', () => {
  vantageTable(async () => {
    const sshd = await startSshd()
    return {
      vantage: createSshVantage('old-host', spec(sshd), { env }),
      other: root ? { user: '65534', uid: '65534' } : undefined,
      method: 'ssh',
      dials: /^ssh -W$/,
      close: sshd.stop,
    }
  })
})

serverOrSkip('sshd', sshdInstalled())('ssh that does not get there', () => {
  let sshd: Sshd
  const { signal } = new AbortController()
  beforeAll(async () => {
    sshd = await startSshd({ settings: ['AllowTcpForwarding no'] })
  })
  afterAll(() => sshd?.stop())
  const error = async (more: Record<string, unknown>) => {
    const vantage = createSshVantage('old-host', spec(sshd, more), { env })
    const found = await failure(runScript(vantage, 'exit 0', [], { signal }))
    expect(found).toBeInstanceOf(VantageError)
    return `${(found as VantageError).message} | ${(found as VantageError).hint}`
  }
  const file = (name: string, text: string) => {
    const path = join(sshd.directory, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  const newKey = (name: string) => {
    const path = join(sshd.directory, name)
    for (const end of ['', '.pub']) rmSync(`${path}${end}`, { force: true })
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
    return path
  }

  it('for want of a key says so', async () => {
    expect(await error({ identity_file: newKey('stranger') })).toMatch(/no key was accepted.*identity_file/)
  })

  it('for a changed host key says so', async () => {
    const other = newKey('other-host')
    const { stdout } = spawnSync('cut', ['-d', ' ', '-f', '1,2', `${other}.pub`], { encoding: 'utf8' })
    const known_hosts = file('changed', `[127.0.0.1]:${sshd.connection.port} ${stdout}`)
    expect(await error({ known_hosts })).toMatch(/the key of the host has changed/)
  })

  it('for an unknown host key says so', async () => {
    expect(await error({ known_hosts: file('none', '') })).toMatch(/the key of the host is not known.*known_hosts/)
  })

  it('for a port where nobody listens says so', async () => {
    expect(await error({ port: 1, known_hosts: file('none', '') })).toMatch(/connection refused/)
  })

  it('for a name that does not resolve says so', async () => {
    expect(await error({ host: 'no-such-host.invalid' })).toMatch(/does not resolve/)
  })

  it('for a host that begins with a dash runs no option', async () => {
    expect(await error({ host: '-oProxyCommand=touch${IFS}/tmp/postflight-owned' })).toMatch(/old-host/)
  })

  it('takes a file name with blanks and percent signs', async () => {
    const known_hosts = file('a b%h', `[127.0.0.1]:${sshd.connection.port} ssh-ed25519 AAAA`)
    expect(await error({ known_hosts })).toMatch(/the key of the host is not known/)
  })

  it('says that its sshd forwards no connections', async () => {
    const vantage = createSshVantage('old-host', spec(sshd), { env })
    const found = await failure(vantage.dial({ host: '127.0.0.1', port: 9 }, { signal }))
    expect(found).toBeInstanceOf(VantageError)
    expect(String(found)).toMatch(/forwards no connections/)
  })

  it('that is cut off gives no exit code of the script', async () => {
    const cut = await startSshd()
    const vantage = createSshVantage('old-host', spec(cut), { env })
    const child = await vantage.start(['sh', '-c', 'echo $PPID; sleep 100'], { signal })
    child.stderr.resume()
    const [chunk] = await new Promise<Buffer[]>((resolve) => child.stdout.once('data', (data) => resolve([data])))
    const leash = Number(String(chunk))
    for (const pid of ancestors(leash).slice(0, ancestors(leash).indexOf(cut.pid))) end(pid)
    await expect(child.ended).rejects.toThrow(VantageError)
    end(-leash)
    await vantage.close()
    await cut.stop()
  })
})

/** What one kill has taken along need not be ended again: an ordinary user's sshd is one process, root's are two. */
function end(target: number): void {
  try {
    process.kill(target, 'SIGKILL')
  } catch (error) {
    expect(error).toMatchObject({ code: 'ESRCH' })
  }
}

/** Parents of a process, the nearest first. */
function ancestors(pid: number): readonly number[] {
  const parent = Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[1])
  return parent > 1 ? [parent, ...ancestors(parent)] : []
}
