/** Names of keys, made of what ink tells of one. What was typed or pasted at once comes as several. */

/** What ink 6.8 tells; only what is looked at. */
export interface InkKey {
  readonly upArrow: boolean
  readonly downArrow: boolean
  readonly leftArrow: boolean
  readonly rightArrow: boolean
  readonly pageUp: boolean
  readonly pageDown: boolean
  readonly home: boolean
  readonly end: boolean
  readonly return: boolean
  readonly escape: boolean
  readonly ctrl: boolean
  readonly shift: boolean
  readonly tab: boolean
  readonly backspace: boolean
  readonly delete: boolean
  readonly meta: boolean
}

/** A sequence that ink does not know; it takes the escape off and gives the rest as if somebody had typed it. */
const UNKNOWN = /^\[[\d;:<=>?]*[ -/]*[@-~]$/

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\x1b': 'escape',
  ' ': 'space',
}

/** A character is its own name; others are `enter`, `pagedown`, `ctrl-d` … What has no name is left out. */
export function keyNames(input: string, key: InkKey): string[] {
  const named = nameOf(key)
  if (named !== undefined) return [named]
  // Escape sets `meta` as well and was dealt with; with Alt no key of ours is pressed.
  if (key.meta) return []
  if (key.ctrl) return input.length === 1 ? [`ctrl-${input}`] : []
  return UNKNOWN.test(input) ? [] : [...input].flatMap(characterName)
}

function nameOf(key: InkKey): string | undefined {
  if (key.escape) return 'escape'
  if (key.return) return 'enter'
  // ink calls the key that sends 0x7f `delete`, which is what Backspace sends.
  if (key.backspace || key.delete) return 'backspace'
  if (key.tab) return key.shift ? 'shift-tab' : 'tab'
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.leftArrow) return 'left'
  if (key.rightArrow) return 'right'
  if (key.pageUp) return 'pageup'
  if (key.pageDown) return 'pagedown'
  if (key.home) return 'home'
  return key.end ? 'end' : undefined
}

function characterName(character: string): string[] {
  const name = CONTROLS[character]
  if (name !== undefined) return [name]
  const code = character.codePointAt(0) ?? 0
  if (code >= 0x20) return [character]
  return code === 0 ? [] : [`ctrl-${String.fromCharCode(code + 96)}`]
}
