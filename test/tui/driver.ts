/** The audit without a terminal: keys go in, lines come out, effects are carried out against a desk in memory. */
import { stripVTControlCharacters } from 'node:util'
import type { RunEvent } from '../../src/engine/events.js'
import { createStyle } from '../../src/reporters/style.js'
import { createCarryOut } from '../../src/tui/carry-out.js'
import type { Effect } from '../../src/tui/effects.js'
import { frame } from '../../src/tui/frame.js'
import type { Happening } from '../../src/tui/happening.js'
import { emptyModel, type Model, type Size } from '../../src/tui/model.js'
import { createStore } from '../../src/tui/store.js'
import type { MemoryDesk } from '../support/audit-desk.js'

export interface Driver {
  readonly desk: MemoryDesk
  readonly model: () => Model
  readonly dispatch: (happening: Happening) => void
  /** Presses keys one by one, each after all that the one before led to. */
  readonly press: (...keys: readonly string[]) => Promise<void>
  readonly type: (text: string) => Promise<void>
  readonly painted: () => readonly string[]
  readonly lines: () => readonly string[]
  /** Effects so far, by type. */
  readonly effects: () => readonly Effect['type'][]
  readonly left: () => boolean
}

export interface DriverOptions {
  readonly size?: Size
  readonly color?: boolean
  readonly unicode?: boolean
}

export function drive(desk: MemoryDesk, options: DriverOptions = {}): Driver {
  const { size = { columns: 80, rows: 24 }, color = false, unicode = true } = options
  const effects: Effect[] = []
  let left = false
  const carryOut = createCarryOut(
    desk,
    (told) => store.dispatch(told),
    () => {
      left = true
    },
  )
  const start = (effect: Effect): void => {
    effects.push(effect)
    carryOut.start(effect)
  }
  const first = emptyModel({ live: desk.runner !== undefined, recording: desk.recording, size })
  const store = createStore(first, { carryOut: start, onChange: () => {} })
  desk.listen((event: RunEvent) => store.dispatch({ type: 'event', event }))
  store.dispatch({ type: 'opened', events: desk.told })

  const kept = new WeakMap()
  const draw = () => {
    const model = store.model()
    const style = createStyle({ width: model.size.columns, color, unicode })
    const { at, incomplete } = desk.book
    const { present, trails } = desk
    const queries = desk.runner?.queries
    return frame({ model, style, now: desk.now(), at, present, incomplete, trails, queries, kept })
  }
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      store.dispatch({ type: 'keys', names: [key] })
      await new Promise((resolve) => setImmediate(resolve))
      store.dispatch({ type: 'drawn', extent: draw().extent })
    }
  }
  return {
    desk,
    model: store.model,
    dispatch: store.dispatch,
    press,
    type: (text) => press(...[...text].map((character) => (character === ' ' ? 'space' : character))),
    painted: () => draw().lines,
    lines: () => draw().lines.map((line) => stripVTControlCharacters(line).trimEnd()),
    effects: () => effects.map(({ type }) => type),
    left: () => left,
  }
}
