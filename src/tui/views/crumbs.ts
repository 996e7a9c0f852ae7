/** The first line of the screen: where one is, and of which run. */
import { keyFromLatin1, keyToText } from '../../lib/key.js'
import { checkAt, isRunning } from '../model.js'
import { apart, shown } from './line.js'
import type { Drawing } from './view.js'

export function crumbsLine({ model, style }: Drawing): string {
  const { view, findings, overlay, recording, run, size } = model
  const arrow = style.unicode ? ' › ' : ' > '
  const check = checkAt(model)
  const places = [
    run.start?.name ?? 'postflight audit',
    ...(view === 'overview' || check === undefined ? [] : [check]),
    ...(view === 'findings' || view === 'evidence' ? [findings?.mode === 'groups' ? 'directories' : 'findings'] : []),
    ...(view === 'findings' && findings !== undefined && findings.prefix !== ''
      ? [keyToText(keyFromLatin1(findings.prefix))]
      : []),
    ...(view === 'evidence' ? ['evidence'] : []),
    ...(overlay === undefined ? [] : [overlay.type === 'help' ? 'keys' : 'to paste']),
  ]
  const state =
    recording !== undefined ? `recorded in ${shown(recording, style)}` : isRunning(model) ? 'live, running' : 'live'
  const text = places.map((place) => shown(place, style)).join(arrow)
  return apart(
    [{ text: style.cutMiddle(text, size.columns), paint: style.paint.bold }],
    [{ text: style.cutMiddle(state, Math.floor(size.columns / 3)), paint: style.paint.dim }],
    size.columns,
    style,
  )
}
