/** Which part of a list is on the screen. Pure; everything counts lines. */

export interface Cursor {
  readonly cursor: number
  /** The first line that is shown. */
  readonly top: number
}

export interface Window {
  readonly top: number
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

export type Motion = 'up' | 'down' | 'pageUp' | 'pageDown' | 'halfUp' | 'halfDown' | 'first' | 'last'

export const AT_TOP: Cursor = { cursor: 0, top: 0 }

/** Lines kept in sight above and below the cursor, so that one sees what comes. */
const MARGIN = 2

/** The window nearest to `top` that shows the cursor. */
export function windowOf(length: number, { cursor, top }: Cursor, height: number): Window {
  const rows = Math.max(1, height)
  const margin = Math.min(MARGIN, Math.floor((rows - 1) / 2))
  const highest = Math.max(0, Math.min(cursor - margin, length - rows))
  const lowest = Math.max(0, cursor + margin + 1 - rows)
  const from = clamp(clamp(top, Math.min(lowest, highest), highest), 0, Math.max(0, length - rows))
  return { top: from, from, to: Math.min(length, from + rows) }
}

/** Where the cursor is after a motion, and the window with it. */
export function moved(at: Cursor, motion: Motion, length: number, height: number): Cursor {
  return placed({ ...at, cursor: stepped(at.cursor, motion, length, height) }, length, height)
}

/** A cursor that lies in the list, its window with it. */
export function placed({ cursor, top }: Cursor, length: number, height: number): Cursor {
  const within = clamp(cursor, 0, Math.max(0, length - 1))
  return { cursor: within, top: windowOf(length, { cursor: within, top }, height).top }
}

/** The first line shown of a text that has no cursor, after a motion. */
export function scrolled(top: number, motion: Motion, length: number, height: number): number {
  return topWithin(stepped(topWithin(top, length, height), motion, length, height), length, height)
}

export function topWithin(top: number, length: number, height: number): number {
  return clamp(top, 0, Math.max(0, length - Math.max(1, height)))
}

function stepped(from: number, motion: Motion, length: number, height: number): number {
  const page = Math.max(1, height - 1)
  const half = Math.max(1, Math.floor(height / 2))
  switch (motion) {
    case 'up':
      return from - 1
    case 'down':
      return from + 1
    case 'pageUp':
      return from - page
    case 'pageDown':
      return from + page
    case 'halfUp':
      return from - half
    case 'halfDown':
      return from + half
    case 'first':
      return 0
    case 'last':
      return length - 1
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}
