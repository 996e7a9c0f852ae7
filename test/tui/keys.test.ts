import { expect, it } from 'vitest'
import { footBindings, keyText } from '../../src/tui/key-meaning.js'
import { BINDINGS } from '../../src/tui/keys.js'
import { type Context, emptyModel } from '../../src/tui/model.js'

const CONTEXTS: readonly Context[] = ['overview', 'check', 'list', 'groups', 'evidence', 'help', 'snippet']

it.each(CONTEXTS)('no key means two things in %s', (context) => {
  const keys = BINDINGS.filter((binding) => binding.in?.includes(context) ?? true).flatMap(({ keys }) => keys)
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
})

it('has each action once', () => {
  const actions = BINDINGS.map(({ action }) => action)
  expect(new Set(actions).size).toBe(actions.length)
})

it('takes nothing that starts, stops, writes or leaves out of pasted text', () => {
  const careless = BINDINGS.filter(({ section, deliberate }) => section === 'Act' && deliberate !== true)
  expect(careless).toEqual([])
  expect(BINDINGS.find(({ action }) => action === 'quit')?.deliberate).toBe(true)
})

it('says why of every key that may mean nothing, but for Esc', () => {
  const silent = BINDINGS.filter(({ when, otherwise }) => when !== undefined && otherwise === undefined)
  expect(silent.map(({ action }) => action)).toEqual(['back'])
})

it('tells of help in every footer first', () => {
  const model = emptyModel({ live: true, size: { columns: 80, rows: 24 } })
  expect(footBindings(model)[0]?.action).toBe('help')
})

it.each([
  ['escape', 'Esc'],
  ['ctrl-d', 'Ctrl-d'],
  ['pagedown', 'PgDn'],
  ['G', 'G'],
  ['shift-tab', 'Shift-Tab'],
])('writes %s as %s', (key, text) => {
  expect(keyText(key)).toBe(text)
})
