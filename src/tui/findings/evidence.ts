/** All there is to say about one finding. Pure; lines fit into the width of the style, from 60 columns on. */
import type { Deleted, Finding, Presented } from '../../kinds/kind.js'
import { formatNumber, wrapText } from '../../lib/text.js'
import { paragraph } from '../../reporters/paragraph.js'
import type { Style } from '../../reporters/style.js'
import { factLines, factText } from './evidence-facts.js'
import { nameLines } from './evidence-names.js'

/** `presented`: the finding in the words of its kind. `note`: what somebody wrote about it. */
export function evidenceLines(finding: Finding, presented: Presented, style: Style, note?: string): string[] {
  const { reason, fix, store, refs, row, deleted, recover_from: sources } = finding
  const said = (label: string, texts: readonly string[]): string[] =>
    texts.flatMap((text, at) => paragraph(style, at === 0 ? label : '', style.lines(cut(text))))
  const parts = [
    style
      .lines(cut(presented.headline))
      .flatMap((line) => wrapText(line, style.width))
      .map(style.paint.bold),
    said(
      '',
      presented.detail.filter((line) => !isToldBelow(line, finding)),
    ),
    nameLines(finding, style),
    factLines(finding.expected, finding.actual, style),
    said('why', reason === undefined ? [] : [reason]),
    said('fix', fix === undefined ? [] : [fix]),
    said('row', row === undefined ? [] : Object.entries(row).map(([name, value]) => `${name}: ${factText('', value)}`)),
    [
      ...said(
        'refs',
        refs === undefined ? [] : [refs === 1 ? '1 row refers to it' : `${formatNumber(refs)} rows refer to it`],
      ),
      ...said('store', store === undefined ? [] : [store]),
      ...said('deleted', deleted === undefined ? [] : [deletion(deleted)]),
      ...said(
        'put back',
        sources === undefined || sources.length === 0 ? [] : [`can be had from ${sources.join(', ')}`],
      ),
      ...said('known', finding.known === true ? ['the check file lists it under known:, so it is not judged'] : []),
    ],
    said('note', note === undefined ? [] : [note]),
  ]
  return parts.filter((part) => part.length > 0).flatMap((part, at) => (at === 0 ? part : ['', ...part]))
}

/** It is drawn many times a second. */
const MOST = 20_000

function cut(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST)}...` : text
}

function deletion({ at, version }: Deleted): string {
  const back = version === undefined ? 'no version of it is left' : `version ${version} can be had back`
  return `${at === undefined ? '' : `at ${at}, `}${back}`
}

/** Kinds put into a line what stands here in lines of its own. */
function isToldBelow(line: string, { reason, fix, store }: Finding): boolean {
  return (
    line === reason ||
    line === `fix: ${fix}` ||
    line === `in ${store}` ||
    /^(?:expected|actual|found as|row|can be had from|deleted)[ :]/.test(line) ||
    /rows refer to it$/.test(line)
  )
}
