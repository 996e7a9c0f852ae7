import { Big } from 'big.js'

/**
 * What a subject can be. Numbers read from a database stay exact: integers as `bigint` where `number` would round,
 * numeric as `Big`. Never `Number()` on them.
 */
export type Scalar = null | boolean | number | bigint | Big | string
export type Value = Scalar | readonly Value[]

/** A JSON scalar. Numbers a double cannot hold exactly are strings. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export function isNumeric(value: Value): value is number | bigint | Big {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Big
}

/** Exact decimal of a numeric value. Throws a RangeError on NaN and infinities. */
export function toBig(value: number | bigint | Big): Big {
  return value instanceof Big ? value : new Big(typeof value === 'bigint' ? value.toString() : value)
}

export function valueToJson(value: Value): Json {
  if (typeof value === 'bigint') return exact(value.toString())
  if (value instanceof Big) return exact(value.toFixed())
  if (Array.isArray(value)) return value.map((item: Value) => valueToJson(item))
  return value as Json
}

function exact(text: string): number | string {
  const number = Number(text)
  return Number.isFinite(number) && new Big(number).toFixed() === text ? number : text
}
