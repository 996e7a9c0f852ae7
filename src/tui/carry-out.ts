/** Does what the reducer wants done outside, and tells what came of it: of every effect, whatever happens. */
import type { Finding, Rechecked } from '../kinds/kind.js'
import type { Desk } from './desk.js'
import type { Effect, ExportEffect } from './effects.js'
import type { FindingNumber } from './findings/book.js'
import { sameFinding } from './findings/same-finding.js'
import { knownFileSnippet, knownSnippet, waiverSnippet } from './findings/snippets.js'
import type { Told } from './happening.js'
import type { Recheck } from './model.js'

type EffectOf<Type extends Effect['type']> = Extract<Effect, { readonly type: Type }>

export interface CarryOut {
  readonly start: (effect: Effect) => void
  /** Gives up what is under way; nothing more is told. */
  readonly end: () => void
}

export function createCarryOut(desk: Desk, tell: (told: Told) => void, leave: () => void): CarryOut {
  const all = new AbortController()
  let looking = new AbortController()

  const say = (text: string, bad = false): void => tell({ type: 'said', text, bad })
  const start = (effect: Effect): void => {
    // What throws at once, as a line that cannot be read, is told like what fails later.
    const done = (async () => carryOut(effect))()
    done.catch((error: unknown) => say(words(error), true))
  }

  const carryOut = (effect: Effect): void | Promise<void> => {
    switch (effect.type) {
      case 'find':
      case 'group':
        return look(effect)
      case 'stopLooking':
        return looking.abort()
      case 'run':
        return run(effect)
      case 'cancel':
        return desk.runner?.cancel()
      case 'recheck':
        return recheck(effect)
      case 'copy':
        return say(desk.copy(effect.text))
      case 'copyFinding':
        return copyFinding(effect)
      case 'edit':
        return edit(effect)
      case 'export':
        return exportFindings(effect)
      case 'follow':
        return follow(effect)
      case 'snippet':
        return snippet(effect)
      case 'leave':
        return leave()
    }
  }

  const look = async (effect: EffectOf<'find' | 'group'>): Promise<void> => {
    looking.abort()
    const own = new AbortController()
    looking = own
    const { id, query } = effect
    const signal = AbortSignal.any([own.signal, all.signal])
    const onProgress = (share: number): void => {
      if (!signal.aborted) tell({ type: 'looking', id, share })
    }
    try {
      const counts = (): Readonly<Record<string, number>> => desk.book.counts(query.check)
      if (effect.type === 'find') {
        const numbers = await desk.book.find(query, { signal, onProgress })
        tell({ type: 'found', id, numbers, counts: counts(), now: desk.now() })
      } else {
        const groups = await desk.book.group(query, { signal, onProgress })
        tell({ type: 'grouped', id, groups, counts: counts(), now: desk.now() })
      }
    } catch (error) {
      // Told even where a newer look has taken its place: by its number it is known to be the older.
      const why = own.signal.aborted ? 'given up: what is shown is what was found before' : words(error)
      tell({ type: 'notFound', id, why, now: desk.now() })
    }
  }

  const run = async ({ checks }: EffectOf<'run'>): Promise<void> => {
    let remark: string | undefined
    const trouble = await troubleOf(async () => {
      if (desk.runner === undefined) throw new Error('a recorded run cannot be run again')
      remark = await desk.runner.run(checks)
    })
    tell({ type: 'ran', trouble, remark })
  }

  const edit = async ({ position }: EffectOf<'edit'>): Promise<void> => {
    const trouble = await troubleOf(() => desk.edit(position))
    tell({ type: 'back', trouble })
  }

  const recheck = async ({ check, number }: EffectOf<'recheck'>): Promise<void> => {
    try {
      if (desk.runner?.canRecheck(check) !== true)
        throw new Error('findings of this check cannot be looked at one by one; r runs the check again')
      const finding = desk.book.at(number)
      const recheck = recheckOf(finding, await desk.runner.recheck(check, finding), desk.now())
      tell({ type: 'rechecked', number, recheck })
    } catch (error) {
      tell({ type: 'rechecked', number, recheck: { state: 'unknown', text: words(error), sides: [], at: desk.now() } })
    }
  }

  const copyFinding = ({ number, as }: EffectOf<'copyFinding'>): void => {
    const finding = desk.book.at(number)
    const text = as === 'json' ? JSON.stringify(finding) : finding.key
    if (text === undefined) throw new Error('this finding has no key; Y copies all of it')
    const told = desk.copy(text)
    const exact = as === 'json' || finding.key_b64 === undefined
    say(exact ? told : `${told}; the key is no UTF-8: Y copies its bytes, in base64`)
  }

  const exportFindings = async ({ format, path, query, numbers, notes }: ExportEffect): Promise<void> => {
    const found = numbers ?? (await desk.book.find(query, { signal: all.signal }))
    const own = new Map([...notes].filter(([number]) => found.includes(number)))
    say(await desk.export({ format, path, query, numbers: found, notes: own }))
  }

  const follow = async ({ check, numbers }: EffectOf<'follow'>): Promise<void> => {
    const found = new Map<FindingNumber, FindingNumber>()
    for (const number of numbers) {
      const now = await sameFinding(desk.book, check, number, all.signal)
      if (now !== undefined) found.set(number, now)
    }
    tell({ type: 'followed', numbers: found })
  }

  const snippet = async ({ form, check, query, number }: EffectOf<'snippet'>): Promise<void> => {
    const now = new Date(desk.now())
    if (form === 'waiver')
      return tell({ type: 'snippet', title: `a waiver of ${check}`, snippet: waiverSnippet(check, now) })
    const numbers =
      number === undefined
        ? await desk.book.find(query ?? { check, sort: 'found' }, { signal: all.signal })
        : Uint32Array.of(number)
    if (numbers.length === 0) throw new Error('there is no finding to accept')
    const text =
      numbers.length > MOST_LISTED
        ? knownFileSnippet(check, numbers.length, now)
        : knownSnippet(check, Array.from(numbers, desk.book.at), now)
    tell({ type: 'snippet', title: `known findings of ${check}`, snippet: text })
  }

  return { start, end: () => all.abort() }
}

function recheckOf({ finding }: Finding, { stands, now, sides, reason }: Rechecked, at: number): Recheck {
  const told = { sides, at }
  if (stands === true) return { state: 'stands', text: 'it still stands', ...told }
  if (stands === undefined) return { state: 'unknown', text: `whether it stands cannot be told: ${reason}`, ...told }
  const others = now.filter((name) => name !== finding)
  if (others.length > 0) return { state: 'changed', text: `it is ${others.join(', ')} by now`, ...told }
  return { state: 'gone', text: 'it no longer stands; r runs the check again', ...told }
}

/** More keys than this belong into a file. */
const MOST_LISTED = 200

/** What went wrong, at once or later; undefined: nothing. */
async function troubleOf(call: () => Promise<void>): Promise<string | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    return words(error)
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
