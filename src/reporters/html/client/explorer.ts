/** A list of findings, as long as it may be, with a search, a filter by class, copying, and one of them in full beside it. */
import type { PageIndex } from '../record.js'
import { copyText, keysToCopy } from './copy.js'
import { chip, choice, element, formatCount, searchField } from './element.js'
import { detailOf } from './finding.js'
import { createList } from './list.js'
import { type Row, type Rows, textOf } from './rows.js'

interface Filter {
  text: string
  check: number | undefined
  readonly classes: Set<string>
}

let explorers = 0

/** `root` says whether it is of one check (`data-check`) or of all. */
export function mountExplorer(root: HTMLElement, index: PageIndex, rows: Rows): void {
  const own = root.dataset['check'] === undefined ? undefined : Number(root.dataset['check'])
  const all = own === undefined ? rows.all() : rows.of(own)
  if (all.length === 0) return
  const filter: Filter = { text: '', check: undefined, classes: new Set() }
  const status = element('span', { role: 'status', class: 'status' })
  const detail = element('div', { class: 'detail', hidden: true })
  const empty = element('p', { class: 'empty', hidden: true }, 'No finding is like that.')
  let texts: readonly string[] | undefined
  let shown = all

  const list = createList({
    id: `list-${explorers++}`,
    label: own === undefined ? 'All findings' : `Findings of ${index.checks[own]?.id ?? ''}`,
    name: (row) => (own === undefined ? index.checks[row.check]?.id : undefined),
    onSelect: (row) => {
      detail.replaceChildren(...(row === undefined ? [] : detailOf(row, index)))
      detail.hidden = row === undefined
    },
  })
  const apply = (): void => {
    if (filter.text !== '') texts ??= all.map(textOf)
    shown = all.filter((row, at) => fits(row, texts?.[at] ?? '', filter))
    status.textContent = `${formatCount(shown.length)} of ${formatCount(all.length)}`
    empty.hidden = shown.length > 0
    list.show(shown)
  }
  const copy = element('button', { type: 'button' }, 'Copy keys')
  copy.addEventListener('click', () => {
    const { text, done } = keysToCopy(shown)
    void copyText(text, copy, done)
  })
  const search = searchField('Search findings', (text) => {
    filter.text = text.toLowerCase()
    apply()
  })
  root.append(
    element(
      'div',
      { class: 'tools' },
      search,
      ...classChips(all, filter, apply),
      ...checkChoice(own, index, filter, apply),
      copy,
      status,
    ),
    list.element,
    empty,
    detail,
  )
  search.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowDown') list.element.focus()
  })
  apply()
  root.parentElement?.classList.add('has-explorer')
}

function fits({ check, row: [finding] }: Row, text: string, filter: Filter): boolean {
  return (
    (filter.classes.size === 0 || filter.classes.has(finding)) &&
    (filter.check === undefined || filter.check === check) &&
    (filter.text === '' || text.includes(filter.text))
  )
}

function classChips(all: readonly Row[], filter: Filter, apply: () => void): HTMLElement[] {
  const counts = new Map<string, number>()
  for (const { row } of all) counts.set(row[0], (counts.get(row[0]) ?? 0) + 1)
  if (counts.size < 2) return []
  const chips = [...counts].map(([name, count]) =>
    chip([`${name} ${formatCount(count)}`], (pressed) => {
      if (pressed) filter.classes.add(name)
      else filter.classes.delete(name)
      apply()
    }),
  )
  return [element('div', { class: 'chips', role: 'group', 'aria-label': 'Class' }, ...chips)]
}

function checkChoice(own: number | undefined, { checks }: PageIndex, filter: Filter, apply: () => void): HTMLElement[] {
  const some = checks.flatMap(({ id, listed }, at) => (listed === 0 ? [] : [[String(at), id] as const]))
  if (own !== undefined || some.length < 2) return []
  return [
    choice('Check', [['', 'any'], ...some], (value) => {
      filter.check = value === '' ? undefined : Number(value)
      apply()
    }),
  ]
}
