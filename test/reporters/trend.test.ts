import { expect, it } from 'vitest'
import type { CheckEnd } from '../../src/engine/events.js'
import type { Json } from '../../src/lib/value.js'
import { sparkline } from '../../src/reporters/sparkline.js'
import { createStyle } from '../../src/reporters/style.js'
import { trendTexts } from '../../src/reporters/trend.js'

it.each([
  [[0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█', '_..-=**#'],
  [[5, 5], '▅▅', '=='],
  [[1, undefined, 3], '▁ █', '_ #'],
  [[-2, 2], '▁█', '_#'],
  [[], '', ''],
])('draws %j', (numbers, unicode, ascii) => {
  expect(sparkline(numbers, { unicode: true })).toBe(unicode)
  expect(sparkline(numbers, { unicode: false })).toBe(ascii)
})

const style = createStyle({ width: 80, color: false, unicode: true })
const trend = (now: Record<string, Json>, ...before: Record<string, Json>[]) =>
  trendTexts(
    { subjects: now, types: { newest_size: 'size' } } as unknown as CheckEnd,
    before.map((subjects) => ({ subjects })),
    style,
  )

it.each<[string, string[], string[]]>([
  ['a count that fell', trend({ count: 50 }, { count: 100 }, { count: 99 }), ['count ██▁ 50, before it 99']],
  ['one that stayed', trend({ count: 7 }, { count: 7 }), ['count ▅▅ 7, as before']],
  [
    'sizes as sizes',
    trend({ newest_size: 2048 }, { newest_size: 1024 }),
    ['newest_size ▁█ 2.0 KiB, before it 1.0 KiB'],
  ],
  [
    'numbers kept as text',
    trend({ count: '9007199254740993' }, { count: 1 }),
    ['count ▁█ 9,007,199,254,740,993, before it 1'],
  ],
  ['a run that did not measure it', trend({ count: 2 }, { count: 1 }, {}), ['count ▁ █ 2, before it 1']],
  ['what never was anything but nothing', trend({ missing: 0 }, { missing: 0 }), []],
  ['what is no number', trend({ state: 'up' }, { state: 'up' }), []],
  ['a subject that is new', trend({ count: 1 }, { other: 1 }), []],
  ['a subject named as a property of all objects', trend({ constructor: 1 }, {}), []],
])('tells of %s', (_, told, wanted) => {
  expect(told).toEqual(wanted)
})
