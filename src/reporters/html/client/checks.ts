/** The list of checks: filters above it, opening what is linked to, opening what has to be printed. */
import { chip, choice, element, formatCount, searchField } from './element.js'

interface Filter {
  text: string
  severity: string
  owner: string
  readonly outcomes: Set<string>
}

/** What presses most comes first; other values stay in the order of the alphabet. */
const ORDER = [
  'fail',
  'error',
  'blocked',
  'warn',
  'waived',
  'skip',
  'pass',
  'critical',
  'high',
  'medium',
  'low',
  'info',
]

export function startChecks(): void {
  const checks = [...document.querySelectorAll<HTMLDetailsElement>('details.check')]
  const place = document.getElementById('filter')
  if (place !== null && checks.length > 0) mountFilter(place, checks)
  openTarget()
  window.addEventListener('hashchange', openTarget)
  openForPrint(checks)
}

function mountFilter(place: HTMLElement, checks: readonly HTMLDetailsElement[]): void {
  const filter: Filter = { text: '', severity: '', owner: '', outcomes: new Set() }
  const status = element('span', { role: 'status', class: 'status' })
  const none = element('p', { class: 'empty', hidden: true }, 'No check is like that.')
  const texts = new Map(checks.map((check) => [check, summaryOf(check)]))
  const apply = (): void => {
    const shown = checks.filter((check) => {
      const fits = fitsFilter(check, texts.get(check) ?? '', filter)
      check.hidden = !fits
      return fits
    })
    status.textContent =
      shown.length === checks.length ? '' : `${formatCount(shown.length)} of ${formatCount(checks.length)}`
    none.hidden = shown.length > 0
  }
  const search = searchField('Search checks', (text) => {
    filter.text = text.toLowerCase()
    apply()
  })
  const outcomes = valuesOf(checks, 'outcome').map((outcome) =>
    chip(
      [...badgeOf(checks, outcome), ` ${checks.filter((check) => check.dataset['outcome'] === outcome).length}`],
      (pressed) => {
        if (pressed) filter.outcomes.add(outcome)
        else filter.outcomes.delete(outcome)
        apply()
      },
    ),
  )
  const openAll = element('button', { type: 'button' }, 'Open all')
  openAll.addEventListener('click', () => {
    const open = openAll.textContent === 'Open all'
    for (const check of checks) if (!check.hidden) check.open = open
    openAll.textContent = open ? 'Close all' : 'Open all'
  })
  place.append(
    search,
    element('div', { class: 'chips', role: 'group', 'aria-label': 'Outcome' }, ...outcomes),
    ...selectOf('Severity', valuesOf(checks, 'severity'), (value) => {
      filter.severity = value
      apply()
    }),
    ...selectOf('Owner', valuesOf(checks, 'owner'), (value) => {
      filter.owner = value
      apply()
    }),
    openAll,
    status,
  )
  place.after(none)
  focusOnSlash(search.querySelector('input'))
}

function fitsFilter(check: HTMLDetailsElement, text: string, filter: Filter): boolean {
  const { outcome = '', severity, owner } = check.dataset
  return (
    (filter.outcomes.size === 0 || filter.outcomes.has(outcome)) &&
    (filter.severity === '' || severity === filter.severity) &&
    (filter.owner === '' || owner === filter.owner) &&
    text.includes(filter.text)
  )
}

/** A choice between one is none. */
function selectOf(label: string, values: readonly string[], onChange: (value: string) => void): HTMLElement[] {
  if (values.length < 2) return []
  return [choice(label, [['', 'any'], ...values.map((value) => [value, value] as const)], onChange)]
}

function valuesOf(checks: readonly HTMLDetailsElement[], name: string): string[] {
  const values = [...new Set(checks.map((check) => check.dataset[name] ?? ''))].sort()
  return values.sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
}

function badgeOf(checks: readonly HTMLDetailsElement[], outcome: string): Node[] {
  const badge = checks.find((check) => check.dataset['outcome'] === outcome)?.querySelector('summary .badge')
  return badge === null || badge === undefined ? [] : [badge.cloneNode(true)]
}

function summaryOf(check: HTMLDetailsElement): string {
  return (check.querySelector('summary')?.textContent ?? '').toLowerCase()
}

/** `/` as in every list of the kind, unless somebody is writing. */
function focusOnSlash(input: HTMLInputElement | null): void {
  document.addEventListener('keydown', (event) => {
    const writing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
    if (event.key !== '/' || writing || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    input?.focus()
  })
}

function openTarget(): void {
  const target = document.getElementById(location.hash.slice(1))
  if (!(target instanceof HTMLDetailsElement)) return
  target.hidden = false
  target.open = true
  target.scrollIntoView()
}

/** What passed is one line on paper; the rest is told. */
function openForPrint(checks: readonly HTMLDetailsElement[]): void {
  let opened: HTMLDetailsElement[] = []
  window.addEventListener('beforeprint', () => {
    opened = checks.filter((check) => !check.open && !['pass', 'skip'].includes(check.dataset['outcome'] ?? ''))
    for (const check of opened) check.open = true
  })
  window.addEventListener('afterprint', () => {
    for (const check of opened) check.open = false
    opened = []
  })
}
