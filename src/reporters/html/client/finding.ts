/** One finding in full. What is hidden in a key is shown. */
import { escapeText } from '../../../lib/text-escape.js'
import type { PageIndex } from '../record.js'
import { copyText, keyToCopy } from './copy.js'
import { element } from './element.js'
import type { Row } from './rows.js'

export function detailOf({ check, row: [finding, key, words, detail, bytes] }: Row, { checks }: PageIndex): Node[] {
  const lines = [escapeText(words), ...detail.map((line) => escapeText(line))].filter((line) => line !== '')
  const link = element('a', { href: `#check-${check}` }, escapeText(checks[check]?.id ?? ''))
  return [
    element('p', { class: 'dim' }, `${escapeText(finding)} in `, link),
    ...(key === null ? [] : [keyBlock(key)]),
    ...(bytes === undefined ? [] : [element('p', { class: 'dim' }, `Its bytes in base64: ${bytes}`)]),
    element('ul', {}, ...lines.map((line) => element('li', {}, line))),
  ]
}

function keyBlock(key: string): HTMLElement {
  const button = element('button', { type: 'button', class: 'copy' }, 'Copy key')
  const text = keyToCopy(key)
  button.addEventListener('click', () => void copyText(text, button, text === key ? 'Copied' : 'Copied as JSON'))
  return element('div', { class: 'copyable' }, element('pre', {}, escapeText(key)), button)
}
