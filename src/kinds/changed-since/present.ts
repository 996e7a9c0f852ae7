/** A finding of `changed-since` in words. Pure. */
import { formatNumber } from '../../lib/text.js'
import { formatSize } from '../../lib/units.js'
import type { Facts, Finding, Presented } from '../kind.js'

const HEADLINES: Readonly<Record<string, string>> = {
  vanished: 'is gone',
  appeared: 'was not there',
  changed: 'is otherwise',
  rows_differ: 'has another number of rows',
  content_differs: 'holds other content',
  sequences_behind: 'is behind',
  unverifiable: 'cannot be compared',
  sizes_differ: 'is set otherwise',
  rows_vanished: 'is gone',
  rows_changed: 'holds something else',
  rows_appeared: 'was not there',
}

export function present({ finding, key, reason, expected = {}, actual = {} }: Finding): Presented {
  const [was, is] = [words(expected), words(actual)]
  const both = was !== '' && is !== '' && was !== is ? [`was ${was}, is ${is}`] : []
  const one = both.length > 0 || finding === 'content_differs' ? [] : [was === '' ? '' : `was ${was}`].filter(Boolean)
  return {
    headline: `${finding.startsWith('rows_') && finding !== 'rows_differ' ? 'row of ' : ''}${key ?? 'something'} ${HEADLINES[finding] ?? finding}`,
    detail: [...both, ...(finding === 'vanished' ? one : []), ...(reason === undefined ? [] : [reason])],
  }
}

function words(facts: Facts): string {
  const { is, rows, count, size, last } = facts
  return [
    ...(typeof is === 'string' ? [is] : []),
    ...(typeof rows === 'number' ? [`${formatNumber(rows)} rows`] : []),
    ...(typeof count === 'number' ? [formatNumber(count)] : []),
    ...(typeof size === 'number' ? [formatSize(size)] : []),
    ...(typeof last === 'string'
      ? [`at ${/^\d/.test(last) ? formatNumber(last) : last}`.replace('at never', 'never')]
      : []),
  ].join(', ')
}
