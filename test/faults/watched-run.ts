/** A run of the built command against other sides that misbehave, watched for what it holds open while it still runs. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { silent, startScriptedTcp } from '../../fixtures/servers/scripted-tcp.js'
import { directoryOf, runCli } from '../support/run-cli.js'

export interface Row {
  /** In words. */
  readonly name: string
  /** Fields of the check, in YAML's flow form. */
  readonly check: string
  /** `fail` at one of the steps, or `error`. */
  readonly is: 'read' | RegExp
  readonly server: { readonly port: number; readonly open?: () => number }
}

export const TIMEOUT_MS = 2000
/** What the issue allows on top. */
const GRACE_MS = 1000

const idOf = (name: string) => name.replaceAll(/[^a-z0-9]+/g, '-')

/** The rows side by side in one run, beside a check that takes longer: what is still open by then has been left open. */
export async function expectRowsToEnd(rows: readonly Row[], connections = ''): Promise<void> {
  const last = await startScriptedTcp(silent)
  const checks = rows.map(({ name, check, server }, row) => {
    return `  - { id: ${idOf(name)}, ${check.replaceAll('${port}', String(server.port)).replaceAll('${row}', String(row))} }\n`
  })
  const place = directoryOf({
    'postflight.yaml': `version: 1
connections:
${rows.map(({ server }, row) => connectionsTo(server.port, row)).join('')}${connections}
defaults: { owner: me, severity: high, remediation: x, timeout: ${TIMEOUT_MS}ms, retry: none }
checks:
${checks.join('')}  - { id: the-last, kind: tcp, host: 127.0.0.1, port: ${last.port}, banner: true, timeout: 8s }
`,
  })
  try {
    const startUpMs = await startUp(last.port)
    const started = Date.now()
    let pid = 0
    let told = ''
    let ended = false
    const running = runCli(['verify', '--json', '--concurrency', String(rows.length + 1)], {
      cwd: place.path,
      started: (child) => {
        pid = child.pid ?? 0
        child.stderr?.on('data', (text) => {
          told += text
        })
      },
    }).finally(() => {
      ended = true
    })
    while (!ended && !told.includes(`\n${rows.length}/${rows.length + 1} `)) await setTimeout(20)
    if (!ended) {
      await expect.poll(() => openIn(pid).filter((port) => port !== last.port)).toEqual([])
      await expect.poll(() => rows.filter(({ server }) => server.open?.()).map(({ name }) => name)).toEqual([])
      expect(childrenOf(pid)).toEqual([])
    }
    // Otherwise it was watched for nothing.
    expect(last.open(), told).toBe(1)
    // It need not wait for the last one.
    await last.stop()
    const { code, stdout, stderr } = await running
    expect.soft(Date.now() - started, 'end of the process').toBeLessThan(TIMEOUT_MS + GRACE_MS + startUpMs)
    expect(code, stderr).toBe(rows.some(({ is }) => is !== 'read') ? 1 : 3)
    const report: Report = JSON.parse(stdout)
    for (const { name, is } of rows) {
      const check = report.checks.find(({ id }) => id === idOf(name))
      const what = `${name}: ${JSON.stringify(check)}`
      expect.soft(check?.outcome, what).toBe(is === 'read' ? 'error' : 'fail')
      expect.soft(check?.duration_ms, what).toBeLessThan(TIMEOUT_MS + GRACE_MS + startUpMs)
      if (is === 'read') expect.soft(check?.message, what).toMatch(/\S/)
      else expect.soft(String(check?.subjects['failed_step']), what).toMatch(is)
    }
  } finally {
    await last.stop()
    place.remove()
  }
}

interface Report {
  readonly checks: readonly {
    readonly id: string
    readonly outcome: string
    readonly duration_ms: number
    readonly message?: string
    readonly subjects: Readonly<Record<string, unknown>>
  }[]
}

/** Each row has its own: what shares one waits for its turn. */
function connectionsTo(port: number, row: number): string {
  return `  redis-${row}: { type: redis, host: 127.0.0.1, port: ${port} }
  s3-${row}: { type: s3, endpoint: "http://127.0.0.1:${port}", path_style: true, bucket: media, access_key: a, secret_key: b }
  pg-${row}: { type: postgres, host: 127.0.0.1, port: ${port}, user: u, password: p, database: d }
`
}

/** Four times as long as a run takes here and now that waits for nothing: it loads no library, and the rows load all. */
async function startUp(port: number): Promise<number> {
  const { path, remove } = directoryOf({
    'postflight.yaml': `version: 1
checks:
  - { id: it, kind: tcp, host: 127.0.0.1, port: ${port}, owner: me, severity: high, remediation: x }
`,
  })
  const started = Date.now()
  const { code, stderr } = await runCli(['verify'], { cwd: path })
  remove()
  expect(code, stderr).toBe(0)
  return 4 * (Date.now() - started)
}

/** Ports at the other end of the sockets that a process holds, connected or about to be. */
function openIn(pid: number): readonly number[] {
  const held = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      } catch {
        return undefined
      }
    }),
  )
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(({ 9: inode }) => inode !== undefined && held.has(inode))
      .map((words) => Number.parseInt(words[2]?.split(':')[1] ?? '', 16)),
  )
}

function childrenOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
  )
}
