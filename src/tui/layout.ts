/** How the screen is divided: crumbs, two lines of head, the body, one line for what was said, the keys. */
import type { Size } from './model.js'

export const HEAD_ROWS = 2
const FRAME_ROWS = 1 + HEAD_ROWS + 1 + 1

export const SMALLEST: Size = { columns: 60, rows: 15 }

/** ink clears terminal and scrollback with every frame where one is as high as the terminal. */
export function screenRows({ rows }: Size): number {
  return Math.max(1, rows - 1)
}

export function bodyRows(size: Size): number {
  return Math.max(1, screenRows(size) - FRAME_ROWS)
}

export function isTooSmall({ columns, rows }: Size): boolean {
  return columns < SMALLEST.columns || rows < SMALLEST.rows
}
