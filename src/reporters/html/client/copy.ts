/** Copying: of blocks of text that are in the page, and of keys. */
import { escapeText } from '../../../lib/text-escape.js'
import { formatCount } from './element.js'
import type { Row } from './rows.js'

const SHOWN_MS = 1800

export function startCopying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    const text = button.parentElement?.querySelector('pre')?.textContent ?? ''
    button.hidden = false
    button.addEventListener('click', () => void copyText(text, button, 'Copied'))
  }
}

/** Says on the button what came of it. */
export async function copyText(text: string, button: HTMLButtonElement, done: string): Promise<void> {
  const usual = button.textContent ?? ''
  const copied = await write(text)
  button.textContent = copied ? done : 'Could not be copied'
  window.setTimeout(() => {
    button.textContent = usual
  }, SHOWN_MS)
}

/** Without a permission for the clipboard there is still the old way. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    const copied = document.execCommand('copy')
    area.remove()
    return copied
  }
}

/** A key as it is; one that hides something, which a terminal might obey, as JSON. */
export function keyToCopy(key: string): string {
  return isPlain(key) ? key : JSON.stringify(key).replace(/[^\x20-\x7e]/g, unicodeEscape)
}

/** One a line, without those that do not fit in one, and how many that are. */
export function keysToCopy(rows: readonly Row[]): { readonly text: string; readonly done: string } {
  const keys = rows.flatMap(({ row: [, key, , , bytes] }) => (key === null || bytes !== undefined ? [] : [key]))
  const plain = [...new Set(keys.filter(isPlain))]
  const left = new Set(keys).size - plain.length + rows.filter(({ row }) => row[4] !== undefined).length
  const done = `Copied ${formatCount(plain.length)}${left === 0 ? '' : `, not ${formatCount(left)} with hidden characters`}`
  return { text: plain.map((key) => `${key}\n`).join(''), done }
}

function isPlain(key: string): boolean {
  return escapeText(key) === key || /^[\x20-\x7e]*$/.test(key)
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
