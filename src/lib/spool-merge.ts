/** Merges ascending runs into one ascending sequence; equal keys come in the order of their runs. */
import type { Rec } from './spool-frame.js'
import type { Range, Run } from './spool-run.js'

const PAGE_RECORDS = 1000

interface Cursor {
  readonly order: number
  readonly pages: AsyncGenerator<readonly Rec[], void, void>
  page: readonly Rec[]
  at: number
  head: Rec
}

/** Memory: one block of each run. */
export async function* mergeRuns(runs: readonly Run[], range: Range): AsyncGenerator<readonly Rec[], void, void> {
  const [only] = runs
  if (runs.length === 1 && only !== undefined) return yield* only.pages(range)
  const opened = runs.map((run) => run.pages(range))
  try {
    const heap: Cursor[] = []
    for (const [order, pages] of opened.entries()) {
      const first = await pages.next()
      const head = first.done ? undefined : first.value[0]
      if (!first.done && head !== undefined) heap.push({ order, pages, page: first.value, at: 0, head })
    }
    for (let index = (heap.length >> 1) - 1; index >= 0; index--) sink(heap, index)
    let out: Rec[] = []
    while (heap.length > 0) {
      const top = heap[0] as Cursor
      out.push(top.head)
      top.at++
      if (top.at < top.page.length) top.head = top.page[top.at] as Rec
      else if (!(await turn(top))) {
        const moved = heap.pop() as Cursor
        if (heap.length > 0) heap[0] = moved
      }
      sink(heap, 0)
      if (out.length >= PAGE_RECORDS) {
        yield out
        out = []
      }
    }
    if (out.length > 0) yield out
  } finally {
    for (const pages of opened) await pages.return()
  }
}

async function turn(cursor: Cursor): Promise<boolean> {
  const next = await cursor.pages.next()
  const head = next.done ? undefined : next.value[0]
  if (next.done || head === undefined) return false
  cursor.page = next.value
  cursor.at = 0
  cursor.head = head
  return true
}

function sink(heap: Cursor[], from: number): void {
  const moving = heap[from]
  if (moving === undefined) return
  let at = from
  for (;;) {
    let child = 2 * at + 1
    const left = heap[child]
    if (left === undefined) break
    let smaller = left
    const right = heap[child + 1]
    if (right !== undefined && isBefore(right, left)) {
      smaller = right
      child++
    }
    if (!isBefore(smaller, moving)) break
    heap[at] = smaller
    at = child
  }
  heap[at] = moving
}

function isBefore(a: Cursor, b: Cursor): boolean {
  return a.head.key === b.head.key ? a.order < b.order : a.head.key < b.head.key
}
