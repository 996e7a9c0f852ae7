/** Order, groups and classes of what is listed: each key takes the next of them. */
import { type Query, SORTS } from '../findings/book.js'
import { contextOf, type Model } from '../model.js'
import { AT_TOP } from '../window.js'
import { lookedFor } from './look.js'
import { withRows } from './overview.js'
import { CHECK_SORTS, GROUPINGS } from './overview-rows.js'
import { andThen, type Step, said, stay } from './step.js'

export function changedSort(model: Model): Step {
  if (contextOf(model) === 'overview') {
    const sort = nextOf(CHECK_SORTS, model.overview.sort)
    return said(withRows(model, { sort }), `checks in the order: ${sort}`)
  }
  if (model.findings === undefined) return stay(model)
  const sort: Query['sort'] = nextOf(SORTS, model.findings.sort)
  return andThen(lookedFor(model, { sort, list: AT_TOP }), (next) => said(next, `findings in the order: ${sort}`))
}

export function changedGroups(model: Model): Step {
  if (contextOf(model) === 'overview') {
    const grouping = nextOf(GROUPINGS, model.overview.grouping)
    return said(withRows(model, { grouping }), `checks by ${grouping}`)
  }
  return lookedFor(model, {
    mode: model.findings?.mode === 'list' ? 'groups' : 'list',
    list: AT_TOP,
    groupList: AT_TOP,
  })
}

/** Of one class, then of the next, then of all again. */
export function changedClass(model: Model): Step {
  const { findings } = model
  if (findings === undefined) return stay(model)
  const classes = Object.keys(findings.counts).toSorted()
  const finding = findings.finding === undefined ? classes[0] : classes[classes.indexOf(findings.finding) + 1]
  return lookedFor(model, { finding, list: AT_TOP, groupList: AT_TOP })
}

function nextOf<Value>(values: readonly Value[], value: Value): Value {
  return values[(values.indexOf(value) + 1) % values.length] as Value
}
