/** Data in the page: JSON in an element that is never run, written so that no text in it can end the element. */
import { escapeJson } from '../../lib/text-escape.js'

export function dataElement(id: string, value: unknown): string {
  return dataText(id, JSON.stringify(value))
}

export function dataText(id: string, json: string): string {
  return `<script type="application/json" id="${id}">${inert(json)}</script>\n`
}

function inert(json: string): string {
  return escapeJson(json).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
}
