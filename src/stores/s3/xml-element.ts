/**
 * One XML element, read whole: attributes, comments, CDATA, entities, prefixes of namespaces. For what is not in the
 * plain shape that a listing has a thousand times; see scan-listing.ts. Text is one byte in each character.
 */
export interface XmlElement {
  /** Without the prefix of its namespace. */
  readonly name: string
  /** Of itself, not of its children. */
  readonly text: string
  readonly children: readonly XmlElement[]
  /** Position behind its end. */
  readonly end: number
}

export interface StartTag {
  readonly name: string
  /** Has no content: `<Name/>`. */
  readonly empty: boolean
  readonly end: number
}

/** Deeper than anything of S3. */
const DEEPEST = 32

/** The start tag at `at`; undefined where there is none, or it does not end. */
export function startTag(xml: string, at: number): StartTag | undefined {
  const name = /<((?:[\w.-]+:)?)([A-Za-z_][\w.-]*)(?=[\s/>])/y
  name.lastIndex = at
  const found = name.exec(xml)
  if (found === null) return undefined
  const rest = /(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(\/?)>/y
  rest.lastIndex = name.lastIndex
  const closed = rest.exec(xml)
  if (closed === null) return undefined
  return { name: found[2] ?? '', empty: closed[1] === '/', end: rest.lastIndex }
}

/** Behind white space, comments and instructions; undefined where one of them does not end. */
export function skipMisc(xml: string, from: number): number | undefined {
  let at = from
  for (;;) {
    while (at < xml.length && ' \t\r\n'.includes(xml.charAt(at))) at++
    const close = xml.startsWith('<!--', at) ? '-->' : xml.startsWith('<?', at) ? '?>' : undefined
    if (close === undefined) return at
    const end = xml.indexOf(close, at + 2)
    if (end < 0) return undefined
    at = end + close.length
  }
}

/** The element at `at`; undefined where what is there is not a whole and sound one. */
export function readElement(xml: string, at: number, depth = 0): XmlElement | undefined {
  const tag = startTag(xml, at)
  if (tag === undefined || depth > DEEPEST) return undefined
  if (tag.empty) return { name: tag.name, text: '', children: [], end: tag.end }
  const children: XmlElement[] = []
  let text = ''
  let next = tag.end
  for (;;) {
    const open = xml.indexOf('<', next)
    if (open < 0) return undefined
    const part = unescapeXml(xml.slice(next, open))
    if (part === undefined) return undefined
    text += part
    if (xml.startsWith('</', open)) {
      const end = endTag(xml, open, tag.name)
      return end === undefined ? undefined : { name: tag.name, text, children, end }
    }
    if (xml.startsWith('<![CDATA[', open)) {
      const close = xml.indexOf(']]>', open)
      if (close < 0) return undefined
      text += xml.slice(open + 9, close)
      next = close + 3
    } else if (xml.startsWith('<!--', open) || xml.startsWith('<?', open)) {
      const behind = skipMisc(xml, open)
      if (behind === undefined) return undefined
      next = behind
    } else {
      const child = readElement(xml, open, depth + 1)
      if (child === undefined) return undefined
      children.push(child)
      next = child.end
    }
  }
}

/** Position behind `</name>` at `at`, with whatever prefix. */
export function endTag(xml: string, at: number, name: string): number | undefined {
  const tag = /<\/(?:[\w.-]+:)?([\w.-]+)\s*>/y
  tag.lastIndex = at
  return tag.exec(xml)?.[1] === name ? tag.lastIndex : undefined
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Undefined where there is an entity that is not one of XML itself. */
function unescapeXml(text: string): string | undefined {
  if (!text.includes('&')) return text
  let sound = true
  const unescaped = text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));|&/g, (_, hex, decimal, name) => {
    if (name !== undefined && NAMED[name] !== undefined) return NAMED[name]
    const point = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal ?? Number.NaN)
    if (point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) {
      return Buffer.from(String.fromCodePoint(point), 'utf8').toString('latin1')
    }
    sound = false
    return ''
  })
  return sound ? unescaped : undefined
}
