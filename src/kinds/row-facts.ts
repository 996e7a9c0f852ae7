import { type Json, valueToJson } from '../lib/value.js'
import { cellText, scalarOf } from '../postgres/scalar.js'
import type { Column, Row } from '../postgres/source.js'

/** Cells by the names of their columns, numbers exact, for what `show` of a check names. */
export function rowFacts(row: Row, columns: readonly Column[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    columns.map((column, index) => {
      const cell = row[index] ?? null
      const value = scalarOf(cell, column)
      return [column.name, value === undefined && cell !== null ? cellText(cell, column) : valueToJson(value ?? null)]
    }),
  )
}
