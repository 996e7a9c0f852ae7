/** Small pieces that every part of the page uses. */
import type { Outcome } from '../../engine/events.js'
import { MARKS } from '../style.js'
import { lines, type Markup, markup, NOTHING } from './markup.js'

/** A mark and a word: never a colour alone. */
export function badge(outcome: Outcome | undefined, word: string = outcome ?? 'not ended'): Markup {
  const mark = outcome === undefined ? '·' : MARKS[outcome][0]
  return markup`<span class="badge ${outcome ?? 'none'}"><span class="mark" aria-hidden="true">${mark}</span>${word}</span>`
}

/** Text to copy, in lines. The button comes to life with the script. */
export function copyable(text: string, what: string): Markup {
  return markup`<div class="copyable"><pre>${lines(text)}</pre>${copyButton(what)}</div>`
}

export function copyButton(what: string): Markup {
  return markup`<button type="button" class="copy" data-copy aria-label="Copy ${what}" hidden>Copy</button>`
}

/** `2026-11-23 15:00:00 UTC`: the same for every reader, wherever it is rendered. */
export function time(at: string): Markup {
  const shown = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(at) ? `${at.slice(0, 10)} ${at.slice(11, 19)} UTC` : at
  return markup`<time datetime="${at}">${shown}</time>`
}

/** Only what leads to a web page is a link. */
export function link(address: string): Markup {
  if (!/^https?:\/\/[^\s]+$/i.test(address)) return markup`${address}`
  return markup`<a href="${address}" rel="noreferrer noopener" target="_blank">${address}</a>`
}

export function listOf(items: readonly (Markup | string)[]): Markup {
  return items.length === 0 ? NOTHING : markup`<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>`
}

export function fact(name: string, value: Markup | string | undefined): Markup {
  return value === undefined ? NOTHING : markup`<div><dt>${name}</dt><dd>${value}</dd></div>`
}
