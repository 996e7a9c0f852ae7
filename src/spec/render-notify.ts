/** Who would be told of what, as text behind the checks of `plan`. */
import { wrapText } from '../lib/text.js'
import { escapeText } from '../lib/text-escape.js'
import { counted } from './counted.js'
import type { ExplainedNotify, ExplainedRoute } from './explain-notify.js'

const SENDS: Readonly<Record<string, string>> = {
  on_change: 'on change; without --history whenever something is wrong',
  on_trouble: 'whenever something is wrong, and when it is over',
  always: 'after every run',
}

/** Empty where nobody is told anything. */
export function renderNotify({ notify, told_to_nobody: nobody, ping }: ExplainedNotify, width: number): string {
  const lines = [
    ...notify.flatMap((route) => routeLines(route, width)),
    ...(ping === null
      ? []
      : [`ping ${escapeText(ping.to)} when a whole run begins and ends${ping.required ? ', required' : ''}`]),
    ...(nobody.length === 0 ? [] : hung(`told to nobody: ${nobody.join(', ')}`, width, '')),
  ]
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`
}

function routeLines(route: ExplainedRoute, width: number): readonly string[] {
  const { name, type, to, send, severity, owners, outcomes, required, checks, file, line } = route
  return [
    escapeText(`notify ${name}  ${file}:${line}`),
    ...hung(`${type} to ${to}, ${SENDS[send] ?? send}${required ? ', required' : ''}`, width),
    ...hung(
      `${outcomes.join(', ')} of ${severity} and above${owners === null ? '' : `, of ${owners.join(', ')}`}`,
      width,
    ),
    ...hung(`${counted(checks.length, 'check')}${checks.length === 0 ? '' : `: ${checks.join(', ')}`}`, width),
  ]
}

function hung(text: string, width: number, indent = '  '): readonly string[] {
  return wrapText(escapeText(text), Math.max(20, width - 4)).map(
    (line, index) => `${index === 0 ? indent : '    '}${line}`,
  )
}
