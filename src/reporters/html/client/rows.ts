/** The findings in the page, read from their elements when somebody wants them. */
import type { FindingRow, PageIndex } from '../record.js'

export interface Row {
  readonly check: number
  readonly row: FindingRow
}

export interface Rows {
  readonly of: (check: number) => readonly Row[]
  readonly all: () => readonly Row[]
}

export function createRows({ checks }: PageIndex): Rows {
  const known = new Map<number, readonly Row[]>()
  const of = (check: number): readonly Row[] => {
    const read = known.get(check) ?? (checks[check]?.blocks ?? []).flatMap((block) => readBlock(check, block))
    known.set(check, read)
    return read
  }
  let all: readonly Row[] | undefined
  return {
    of,
    all: () => {
      all ??= checks.flatMap((_, check) => of(check))
      return all
    },
  }
}

function readBlock(check: number, block: number): Row[] {
  const text = document.getElementById(`f${block}`)?.textContent ?? '[]'
  return (JSON.parse(text) as FindingRow[]).map((row) => ({ check, row }))
}

/** What a search looks at, in small letters. */
export function textOf({ row: [finding, key, words, detail] }: Row): string {
  return `${key ?? ''}\n${finding}\n${words}\n${detail.join('\n')}`.toLowerCase()
}
