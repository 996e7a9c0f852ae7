import { Big } from 'big.js'
import { expect, it } from 'vitest'
import { valueToJson } from '../../src/lib/value.js'

it.each([
  [12n, 12],
  [9007199254740992n, 9007199254740992],
  [9007199254740993n, '9007199254740993'],
  [new Big('12.50'), 12.5],
  [new Big('0.1'), 0.1],
  [new Big('0.10000000000000000001'), '0.10000000000000000001'],
  [
    [1n, 'a', null],
    [1, 'a', null],
  ],
])('writes %s as JSON without losing a digit', (value, json) => {
  expect(valueToJson(value)).toEqual(json)
})
