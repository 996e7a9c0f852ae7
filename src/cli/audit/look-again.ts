/** Looks at single findings again, between runs or beside one, each over connections of its own. */
import { recheckFinding } from '../../engine/recheck.js'
import { seenRecord } from '../../engine/seen-record.js'
import type { Finding, Recheck, Rechecked } from '../../kinds/kind.js'
import { CheckError } from '../../lib/errors.js'
import { makes } from '../makes.js'
import type { OpenRun } from '../open-run.js'
import type { Prepared } from '../prepare.js'

export interface LookingAgain {
  /** Takes note of the kinds of a run, whose modules it has loaded by then. */
  readonly learn: (prepared: Prepared) => Promise<void>
  readonly can: (kind: string) => boolean
  /** A CheckError where nothing can be told of it. */
  readonly look: (check: string, finding: Finding, prepared: Prepared) => Promise<Rechecked>
  /** Gives up what is under way, and waits for it. */
  readonly end: () => Promise<void>
}

const BY_RUNNING = 'run the check again'

export function createLookingAgain(open: (prepared: Prepared) => Promise<OpenRun>): LookingAgain {
  const rechecks = new Map<string, Recheck<never>>()
  const interrupt = new AbortController()
  const pending = new Set<Promise<unknown>>()

  const look = async (id: string, finding: Finding, prepared: Prepared): Promise<Rechecked> => {
    const check = prepared.checks.find((one) => one.id === id)
    const recheck = rechecks.get(check?.kind ?? '')
    if (check === undefined || recheck === undefined)
      throw new CheckError(`findings of ${id} cannot be looked at one by one`, { hint: BY_RUNNING })
    const maker = check.requires.find((one) => makes(prepared, one))
    if (maker !== undefined)
      throw new CheckError(`${id} needs what ${maker} makes for the time of a run`, { hint: BY_RUNNING })
    if (JSON.stringify(finding).includes('<secret '))
      throw new CheckError('the finding holds a secret, which is hidden here too', { hint: BY_RUNNING })
    const own = await open(prepared)
    try {
      const { allowed, now, showData, scratchRoot, seenFrom } = own.options
      const record = seenRecord(id, own.options)
      const context = { ...seenFrom(check.from), allowed: { ...allowed, writes: false }, now, showData, record }
      return await recheckFinding({ check, recheck, finding, context, scratchRoot, interrupt: interrupt.signal })
    } finally {
      await own.close(false)
    }
  }
  return {
    learn: async ({ spec }) => {
      for (const kind of new Set(spec.parsed.map((one) => one.kind))) {
        const { recheck } = await kind.load()
        if (recheck !== undefined) rechecks.set(kind.name, recheck as Recheck<never>)
      }
    },
    can: (kind) => rechecks.has(kind),
    look: async (check, finding, prepared) => {
      const looked = look(check, finding, prepared)
      pending.add(looked)
      return looked.finally(() => pending.delete(looked))
    },
    end: async () => {
      interrupt.abort('SIGINT')
      await Promise.allSettled(pending)
    },
  }
}
