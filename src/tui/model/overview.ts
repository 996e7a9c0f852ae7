/** The overview as it is walked through: rows made anew, the cursor kept at its check. */
import type { CheckEnd } from '../../engine/events.js'
import { bodyRows } from '../layout.js'
import { checkAt, type Model, type Overview } from '../model.js'
import { type Cursor, type Motion, moved, placed } from '../window.js'
import { type OverviewRow, overviewRows } from './overview-rows.js'

/** The rows as run, filter, order and groups have them by now. */
export function withRows(model: Model, change: Partial<Pick<Overview, 'filter' | 'sort' | 'grouping'>> = {}): Model {
  const { filter, sort, grouping } = { ...model.overview, ...change }
  const checks = model.run.start?.checks ?? []
  const rows = overviewRows({ checks, ends: model.ends, filter, sort, grouping })
  return { ...model, overview: { ...model.overview, ...change, rows, ...kept(model, rows) } }
}

function kept(model: Model, rows: readonly OverviewRow[]): Cursor {
  const { cursor, top } = model.overview
  const id = checkAt(model)
  const here = rows[cursor]
  const same =
    here?.type === 'check' && here.id === id ? cursor : rows.findIndex((row) => row.type === 'check' && row.id === id)
  return onCheck(rows, placed({ cursor: same === -1 ? cursor : same, top }, rows.length, bodyRows(model.size)), 1)
}

export function movedInOverview(model: Model, motion: Motion): Model {
  const { rows } = model.overview
  const back = motion === 'up' || motion === 'pageUp' || motion === 'halfUp' || motion === 'last'
  const at = moved(model.overview, motion, rows.length, bodyRows(model.size))
  const landed = onCheck(rows, at, back ? -1 : 1)
  return withCursor(model, rows[landed.cursor]?.type === 'check' ? landed : onCheck(rows, at, back ? 1 : -1))
}

/** The next row, or the one before, whose check has such an end, round about. Undefined: there is none. */
export function movedToEnd(model: Model, fits: (end: CheckEnd) => boolean, direction: 1 | -1): Model | undefined {
  const { rows, cursor } = model.overview
  for (let distance = 1; distance <= rows.length; distance++) {
    const index = (cursor + direction * distance + rows.length) % rows.length
    const row = rows[index]
    const end = row?.type === 'check' ? model.ends.get(row.id) : undefined
    if (end !== undefined && fits(end)) return withCursor(model, { ...model.overview, cursor: index })
  }
  return undefined
}

/** The name of a group is passed over. */
function onCheck(rows: readonly OverviewRow[], at: Cursor, direction: 1 | -1): Cursor {
  let cursor = at.cursor
  while (rows[cursor]?.type === 'group') cursor += direction
  return rows[cursor] === undefined ? at : { ...at, cursor }
}

function withCursor(model: Model, { cursor, top }: Cursor): Model {
  const { overview, size } = model
  return { ...model, overview: { ...overview, ...placed({ cursor, top }, overview.rows.length, bodyRows(size)) } }
}
