/** Escaped text put into Markdown, so that nothing in it is markup: no link, no image, no HTML, no mention in code. */

/**
 * In running text. A backslash does not keep GitHub from making links of names and addresses, which it looks for in what
 * was rendered: a comment in between does.
 */
export function prose(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~&$]|^[-+](?= )/g, '\\$&').replace(/@|:(?=\/\/)|www(?=\.)/gi, '$&<!-- -->')
}

/** As code, behind as many backticks as it takes. */
export function codeSpan(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1)
  const pad = text.startsWith('`') || text.endsWith('`') || text.trim() === '' ? ' ' : ''
  return `${ticks}${pad}${text}${pad}${ticks}`
}

export function fence(lines: readonly string[]): string {
  const ticks = '`'.repeat(Math.max(3, ...lines.map((line) => longestRun(line) + 1)))
  return [`${ticks}text`, ...lines, ticks].join('\n')
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}
