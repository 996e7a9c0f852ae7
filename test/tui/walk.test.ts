import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import { checkAt, contextOf, findingAt } from '../../src/tui/model.js'
import { recorded } from '../reporters/support.js'
import { memoryDesk } from '../support/audit-desk.js'
import { drive } from './driver.js'

const mixed = () => drive(memoryDesk(recorded('mixed')))

function ofMigration(event: RunEvent): RunEvent {
  if (event.type !== 'run:start') return event
  const checks = event.checks.map((check) =>
    check.id.endsWith('-bucket') ? { ...check, migration: 'media to the bucket' } : check,
  )
  return { ...event, checks }
}

describe('the way through a recorded run', () => {
  it('begins at the worst check', () => {
    const audit = mixed()
    expect(checkAt(audit.model())).toBe('uploads-on-disk')
    expect(audit.lines()[1]).toContain('FAILED  exit 1')
  })

  it.each<[string, string[], string]>([
    ['Enter opens the check', ['enter'], 'check'],
    ['Enter again its findings', ['enter', 'enter'], 'list'],
    ['Enter again the evidence', ['enter', 'enter', 'enter'], 'evidence'],
    ['Esc goes back', ['enter', 'enter', 'enter', 'escape'], 'list'],
    ['Esc goes all the way back', ['enter', 'enter', 'enter', 'escape', 'escape', 'escape', 'escape'], 'overview'],
    ['3 goes to the findings at once', ['3'], 'list'],
    ['4 goes to the directories', ['4'], 'groups'],
    ['5 goes nowhere before there is a finding', ['5'], 'overview'],
    ['5 goes to the evidence', ['3', '5'], 'evidence'],
    ['Tab goes round', ['tab', 'tab', 'tab', 'tab'], 'overview'],
    ['Shift-Tab goes back round', ['shift-tab'], 'groups'],
    ['? shows the keys', ['?'], 'help'],
    ['Esc leaves them', ['?', 'escape'], 'overview'],
    ['d changes from the list to directories', ['3', 'd'], 'groups'],
    ['d changes back', ['3', 'd', 'd'], 'list'],
  ])('%s', async (_, keys, context) => {
    const audit = mixed()
    await audit.press(...keys)
    expect(contextOf(audit.model())).toBe(context)
  })

  it('goes to the next failure and keeps the view', async () => {
    const audit = mixed()
    await audit.press('enter', 'e')
    expect([checkAt(audit.model()), contextOf(audit.model())]).toEqual(['orders-without-customer', 'check'])
    await audit.press('e')
    expect(checkAt(audit.model())).toBe('media-in-bucket')
    await audit.press('E', 'E', 'E')
    expect(checkAt(audit.model())).toBe('media-in-bucket')
    await audit.press('w')
    expect(checkAt(audit.model())).toBe('events-rows')
  })

  it('shows the findings of the next failure where it showed findings', async () => {
    const audit = mixed()
    await audit.press('3', 'e')
    expect(audit.model().findings?.check).toBe('orders-without-customer')
    expect(audit.model().findings?.looking).toBeUndefined()
  })

  it('goes from finding to finding in the evidence', async () => {
    const audit = mixed()
    await audit.press('3', 'enter', 'n', 'n', 'N')
    expect(audit.lines()[1]).toMatch(/2 of 9$/)
    await audit.press('G', 'N', 'N')
    expect(audit.lines().at(-2)).toBe('there is no finding before it')
  })

  it('goes into a directory and back, cursor and all', async () => {
    const audit = mixed()
    await audit.press('4', 'j', 'j', 'enter')
    expect(audit.model().findings?.prefix).toBe('2021/')
    expect(audit.lines()[0]).toContain('directories › 2021/')
    await audit.press('escape')
    expect(audit.model().findings).toMatchObject({ prefix: '', groupList: { cursor: 2 } })
  })

  it('shows a key that is all of its group as a list of its findings', async () => {
    const audit = mixed()
    await audit.press('4', 'enter', 'enter')
    expect(contextOf(audit.model())).toBe('list')
    expect(audit.model().findings?.numbers).toHaveLength(1)
    await audit.press('escape', 'escape')
    expect(audit.model().findings).toMatchObject({ mode: 'groups', prefix: '' })
  })

  it('gives the findings of the run only those reads that are shown', async () => {
    const audit = mixed()
    await audit.press('3')
    const before = audit.desk.book.reads()
    audit.lines()
    expect(audit.desk.book.reads() - before).toBe(9)
  })
})

describe('what is accepted', () => {
  it.each<[string, string[], RegExp]>([
    ['a waiver of the check at the cursor', ['+'], /^ {2}- check: "uploads-on-disk"$/m],
    ['a list of all findings of a check', ['enter', 'K'], /keys:\n( {8}- ".*"\n){8}$/],
    ['a list of the finding that is shown', ['3', 'enter', 'K'], /keys:\n {8}- ".*"\n$/],
  ])('is YAML to paste: %s', async (_, keys, snippet) => {
    const audit = mixed()
    await audit.press(...keys)
    expect(audit.model().overlay).toMatchObject({ type: 'snippet', snippet: expect.stringMatching(snippet) })
    await audit.press('y')
    expect(audit.effects().at(-1)).toBe('copy')
  })

  it('has only what the filter lets through', async () => {
    const audit = mixed()
    await audit.press('3', '/')
    await audit.type('2021/')
    await audit.press('enter', 'K')
    const { overlay } = audit.model()
    expect(overlay).toMatchObject({ snippet: expect.stringMatching(/keys:\n( {8}- "2021\/.*"\n){2}$/) })
  })
})

describe('filter, order, groups', () => {
  it('filters findings, and Esc takes the filter away first', async () => {
    const audit = mixed()
    await audit.press('3', '/')
    await audit.type('2021/')
    await audit.press('enter')
    expect(audit.model().findings?.numbers).toHaveLength(2)
    expect(audit.lines()[1]).toContain('filter 2021/')
    await audit.press('escape')
    expect(audit.model().findings).toMatchObject({ text: '', check: 'uploads-on-disk' })
    expect(audit.model().view).toBe('findings')
  })

  it('filters checks by every word, ! without', async () => {
    const audit = mixed()
    await audit.press('/')
    await audit.type('team-media !fail')
    await audit.press('enter')
    expect(audit.model().overview.rows.map((row) => row.type === 'check' && row.id)).toEqual([
      'media-in-bucket',
      'thumbnails-in-bucket',
    ])
    await audit.press('escape')
    expect(audit.model().overview.rows).toHaveLength(9)
  })

  it.each<[string, number, string[]]>([
    ['file', 1, ['postflight.yaml']],
    ['tag', 2, ['post-migration']],
    ['owner', 3, ['team-media', 'team-shop', 'team-data', 'team-billing']],
    ['migration', 4, ['(no migration)', 'media to the bucket']],
    ['outcome', 5, ['fail', 'error', 'blocked', 'warn', 'waived', 'skip', 'pass']],
  ])('puts checks together by %s', async (name, times, groups) => {
    const audit = drive(memoryDesk(recorded('mixed').map(ofMigration)))
    await audit.press(...Array.from({ length: times }, () => 'd'))
    const { grouping, rows } = audit.model().overview
    expect(grouping).toBe(name)
    expect(rows.flatMap((row) => (row.type === 'group' ? row.name : []))).toEqual(groups)
  })

  it('tells with a check which migration it is about, and finds it by that', async () => {
    const audit = drive(memoryDesk(recorded('mixed').map(ofMigration)))
    await audit.press('/')
    await audit.type('bucket !thumb')
    await audit.press('enter', 'enter', 'G')
    expect(audit.lines().join('\n')).toContain('  of       migration media to the bucket')
  })

  it('says when no check fits', async () => {
    const audit = mixed()
    await audit.press('/')
    await audit.type('zzz')
    await audit.press('enter')
    expect(audit.lines().join('\n')).toContain('no check fits the filter')
    await audit.press('enter', 'r', 'o', 'y', 'e', '3', '5', 'tab')
    expect(audit.model().view).toBe('overview')
  })

  it('leaves an answer with Esc as it was', async () => {
    const audit = mixed()
    await audit.press('/', 'x', 'escape')
    expect(audit.model()).toMatchObject({ prompt: undefined, overview: { filter: '' } })
  })

  it.each<[string, string[], string]>([
    ['takes the last character back', ['a', 'b', 'backspace'], 'a'],
    ['takes a word back', ['a', 'space', 'b', 'c', 'ctrl-w'], 'a '],
    ['begins anew', ['a', 'b', 'ctrl-u', 'c'], 'c'],
    ['knows no other keys', ['a', 'up', 'ctrl-x', 'pagedown', 'home'], 'a'],
    ['takes a character beyond the BMP back whole', ['😀', 'backspace'], ''],
  ])('a prompt %s', async (_, keys, text) => {
    const audit = mixed()
    await audit.press('/', ...keys)
    expect(audit.model().prompt).toEqual({ type: 'filter', text })
  })

  it('takes one class after another, then all', async () => {
    const audit = mixed()
    await audit.press('3')
    const seen: (string | undefined)[] = []
    for (let turn = 0; turn < 4; turn++) {
      await audit.press('t')
      seen.push(audit.model().findings?.finding)
    }
    expect(seen).toEqual(['missing', 'orphaned', 'size_mismatch', undefined])
  })

  it('keeps the cursor at its check when the order changes', async () => {
    const audit = mixed()
    await audit.press('j')
    const check = checkAt(audit.model())
    await audit.press('s', 's', 'd')
    expect(checkAt(audit.model())).toBe(check)
  })

  it('passes over the names of groups', async () => {
    const audit = mixed()
    await audit.press('d')
    const { rows } = audit.model().overview
    for (let turn = 0; turn < rows.length; turn++) {
      expect(checkAt(audit.model())).toBeDefined()
      await audit.press('j')
    }
    await audit.press('g')
    expect(checkAt(audit.model())).toBeDefined()
  })

  it('searches a text and goes round its matches', async () => {
    const audit = drive(memoryDesk(recorded('mixed')), { size: { columns: 80, rows: 15 } })
    await audit.press('enter', '/')
    await audit.type('restore')
    await audit.press('enter')
    expect(audit.lines().find((line) => line.startsWith('❯'))).toContain('Restore the listed keys')
    const [first] = audit.model().extent.matches
    expect(audit.model().check.found).toBe(first)
    await audit.press('n')
    expect(audit.model().check.found).toBe(audit.model().extent.matches[1])
    await audit.press('n')
    expect(audit.model().check.found).toBe(first)
    await audit.press('/', 'ctrl-u')
    await audit.type('no such thing')
    await audit.press('enter')
    expect(audit.lines().at(-2)).toBe('✖ no line holds no such thing')
  })
})

describe('what is taken along', () => {
  it.each<[string, string[], string]>([
    ['the id of a check', ['y'], 'uploads-on-disk'],
    ['what a diagnosis says to paste', ['Y'], 'rewrite: [{ strip_prefix: /usr/src/app/upload/ }]'],
    ['how a check is run alone', ['e', 'Y'], 'postflight verify postflight.yaml --check orders-without-customer'],
    ['the key of a finding', ['3', 'y'], '2019/a b.txt'],
    ['a finding as JSON', ['3', 'Y'], '{"finding":"missing","key":"2019/a b.txt","expected":{"size":52341},"refs":1}'],
  ])('copies %s', async (_, keys, text) => {
    const audit = mixed()
    await audit.press(...keys)
    expect(audit.desk.copies).toEqual([text])
    expect(audit.lines().at(-2)).toMatch(/^copied/)
  })

  it.each<[string, string[], string]>([
    ['a waiver', ['+'], '  - check: "uploads-on-disk"'],
    ['known findings of the filter', ['3', 't', 't', 'K'], '        - "2018/left-over.tmp"'],
    ['the one known finding', ['3', 'enter', 'K'], '        - "2019/a b.txt"'],
  ])('shows %s to paste, and y copies it', async (_, keys, line) => {
    const audit = mixed()
    await audit.press(...keys)
    expect(audit.lines()).toContain(line)
    await audit.press('y')
    expect(audit.desk.copies[0]?.split('\n')).toContain(line)
    await audit.press('escape')
    expect(contextOf(audit.model())).not.toBe('snippet')
  })

  it('says where there is nothing to be known', async () => {
    const audit = mixed()
    await audit.press('w', '3', 'K')
    expect(audit.lines().at(-2)).toBe('✖ there is no finding to accept')
  })

  it('opens the check file at the check', async () => {
    const audit = mixed()
    await audit.press('o')
    expect(audit.desk.edits).toEqual(['postflight.yaml:40'])
    expect(audit.model().away).toBe(false)
  })

  it('writes what the filter shows, notes of those alone', async () => {
    const audit = mixed()
    await audit.press('3', 'm')
    await audit.type('asked Dana')
    await audit.press('enter', 't', 't', 'x', 'tab', 'enter')
    expect(audit.desk.exports).toHaveLength(1)
    const [{ format, path, query, numbers, notes }] = audit.desk.exports as never as [(typeof audit.desk.exports)[0]]
    expect({ format, path, numbers: numbers.length, notes: notes.size }).toEqual({
      format: 'ndjson',
      path: 'uploads-on-disk.orphaned.ndjson',
      numbers: 1,
      notes: 0,
    })
    expect(query).toEqual({ check: 'uploads-on-disk', finding: 'orphaned', sort: 'found' })
  })

  it('finds what it writes where directories are shown', async () => {
    const audit = mixed()
    await audit.press('4', 'x', 'enter')
    expect(audit.desk.exports[0]?.numbers).toHaveLength(9)
    expect(audit.lines().at(-2)).toBe('wrote 9 findings to uploads-on-disk.txt')
  })

  it('shows a note with its finding and takes it away when it is emptied', async () => {
    const audit = mixed()
    await audit.press('3', 'm')
    await audit.type('asked Dana')
    await audit.press('enter')
    expect(audit.lines()[3]).toContain('[note] 2019/a b.txt')
    await audit.press('enter')
    expect(audit.lines().join('\n')).toContain('asked Dana')
    await audit.press('m', 'ctrl-u', 'enter')
    expect(audit.model().notes.size).toBe(0)
  })
})

it('has no finding to note where there is none', () => {
  expect(findingAt(mixed().model())).toBeUndefined()
})
