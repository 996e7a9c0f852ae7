import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installed } from '../../../fixtures/servers/installed.js'
import { mountsAllowed } from '../../support/mounts.js'
import { serverOrSkip } from '../../support/require-server.js'
import { type Namespace, plant } from './namespace.js'
import type { Trap } from './trap.js'
import { ELSEWHERE, TRAPS } from './trap-table.js'
import { type Judged, verdictOf } from './verdict.js'

/** Beyond what every machine has. */
const PROGRAMS = ['mkfs.ext4', 'setcap', 'chattr'].filter((program) => !installed(program))

for (const trap of TRAPS) {
  const missing = PROGRAMS.find((program) => `${trap.planted} ${trap.healthy}`.includes(program))
  const suite = serverOrSkip(missing ?? 'right to mount', missing === undefined && mountsAllowed())
  suite(`trap ${trap.id}: ${trap.title}`, () => planting(trap))
}

function planting(trap: Trap): void {
  it('is seen where it is planted', async () => {
    await using(trap, 'planted', async (seen) => {
      expect(seen.broken).toEqual(trap.sees.broken)
      expect(seen.outcome).toBe(trap.sees.outcome)
      if (trap.sees.cause !== undefined) expect(seen.causes).toMatch(trap.sees.cause)
      expect(seen.findings.map(({ finding, key }) => `${finding} ${key}`)).toEqual(trap.sees.findings ?? [])
    })
  })

  it('is not seen in its healthy twin', async () => {
    await using(trap, 'healthy', async (seen) => {
      expect({ ...seen, subjects: {} }).toMatchObject({ outcome: 'pass', broken: [], findings: [], gaps: [] })
      if (!('persistent' in (trap.expect ?? {}))) expect(seen.causes).toBe('')
    })
  })
}

async function using(trap: Trap, which: 'planted' | 'healthy', use: (seen: Judged) => Promise<void>): Promise<void> {
  const at = await plant(trap[which], trap.engine?.[which])
  try {
    const before = listing(at)
    const path = (trap.path ?? 'D/v').replace('D', at.directory)
    const spec = { path, ...fill(trap.spec ?? {}, at.directory) }
    const seen = await verdictOf({ vantage: at.vantage, spec, ...(trap.expect && { expect: trap.expect }) })
    await use(seen)
    expect(listing(at), 'something was left or changed').toEqual(before)
  } finally {
    await at.stop()
  }
}

function fill(spec: Readonly<Record<string, unknown>>, directory: string): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(spec).replaceAll('"D/', `"${directory}/`))
}

/** Names, sizes and modes below the directory as the namespace sees it, through its root. */
function listing({ pid, directory }: Namespace): readonly string[] {
  const seen = [join(`/proc/${pid}/root`, directory), `/proc/${pid}/root/data`]
  return seen.flatMap((root) => {
    try {
      const names = readdirSync(root, { recursive: true }) as string[]
      return names
        .filter((name) => !name.startsWith('merged'))
        .map((name) => {
          const { mode, size } = statSync(join(root, name))
          return `${name} ${mode.toString(8)} ${size}`
        })
    } catch {
      return []
    }
  })
}

describe('the catalogue', () => {
  const ids = [...TRAPS.map(({ id }) => id), ...Object.keys(ELSEWHERE)]
  const all = Array.from({ length: 26 }, (_, index) => `V${String(index + 1).padStart(2, '0')}`)
  it.each(all)('%s is planted, or said where it is', (id) => expect(ids).toContain(id))
})
