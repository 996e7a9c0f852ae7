/** A list of any length: only the rows in sight are elements. A listbox for the keyboard and for screen readers. */
import { escapeText } from '../../../lib/text-escape.js'
import { element } from './element.js'
import type { Row } from './rows.js'

/** As in the style sheet. */
const ROW = 30
const BEYOND = 8

export interface ListOptions {
  readonly id: string
  readonly label: string
  /** What stands before the class, where the list is of several checks. */
  readonly name: (row: Row) => string | undefined
  readonly onSelect: (row: Row | undefined) => void
}

export interface List {
  readonly element: HTMLElement
  readonly show: (rows: readonly Row[]) => void
}

export function createList({ id, label, name, onSelect }: ListOptions): List {
  let rows: readonly Row[] = []
  let selected = -1
  const space = element('div', { class: 'space', role: 'presentation' })
  const box = element('div', { class: 'list', role: 'listbox', tabindex: '0', 'aria-label': label }, space)

  const draw = (): void => {
    const first = Math.max(0, Math.floor(box.scrollTop / ROW) - BEYOND)
    const last = Math.min(rows.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + BEYOND)
    const drawn: HTMLElement[] = []
    for (let at = first; at < last; at++) {
      const row = rows[at]
      if (row !== undefined) drawn.push(rowElement(row, at))
    }
    space.replaceChildren(...drawn)
  }
  const rowElement = (row: Row, at: number): HTMLElement => {
    const [finding, key, words, detail] = row.row
    const check = name(row)
    const option = element(
      'div',
      {
        role: 'option',
        id: `${id}-${at}`,
        class: 'row',
        'aria-selected': String(at === selected),
        'aria-setsize': String(rows.length),
        'aria-posinset': String(at + 1),
      },
      ...(check === undefined ? [] : [element('span', { class: 'of' }, escapeText(check))]),
      element('span', { class: 'class' }, escapeText(finding)),
      element('span', { class: 'key' }, escapeText(key ?? words)),
      element('span', { class: 'words' }, escapeText((detail[0] ?? words).slice(0, 200))),
    )
    option.style.top = `${at * ROW}px`
    option.addEventListener('click', () => select(at))
    return option
  }
  const select = (at: number): void => {
    selected = Math.max(-1, Math.min(rows.length - 1, at))
    if (selected >= 0) {
      const top = selected * ROW
      if (top < box.scrollTop) box.scrollTop = top
      else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight
      box.setAttribute('aria-activedescendant', `${id}-${selected}`)
    } else box.removeAttribute('aria-activedescendant')
    draw()
    onSelect(rows[selected])
  }
  const page = (): number => Math.max(1, Math.floor(box.clientHeight / ROW) - 1)
  const moves: Readonly<Record<string, () => number>> = {
    ArrowDown: () => selected + 1,
    ArrowUp: () => Math.max(0, selected - 1),
    PageDown: () => selected + page(),
    PageUp: () => Math.max(0, selected - page()),
    Home: () => 0,
    End: () => rows.length - 1,
    Escape: () => -1,
  }
  box.addEventListener('scroll', draw, { passive: true })
  box.addEventListener('keydown', (event) => {
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    select(move())
  })

  return {
    element: box,
    show: (shown) => {
      rows = shown
      space.style.height = `${rows.length * ROW}px`
      box.hidden = rows.length === 0
      box.scrollTop = 0
      select(-1)
    },
  }
}
