/** Finds the password inside a connection string, so that it is hidden also where it stands alone. */

export interface Login {
  readonly user: string
  /** As written and decoded; the same text once where that makes no difference. */
  readonly passwords: readonly string[]
}

/** The logins of a URL (`scheme://user:pass@host`) or of a libpq keyword string (`host=… password=…`). */
export function loginOf(value: string): Login | undefined {
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^\s/?#]*)@/i.exec(value)
  const [user = '', password] = split(url?.[1] ?? '')
  const query = /[?&]password=([^&#]+)/.exec(value)?.[1]
  const keyword = url === null && !value.includes('://') ? keywordOf(value, 'password') : undefined
  const found = [password, query].filter((one) => one !== undefined && one !== '') as string[]
  const passwords = [...found.flatMap((one) => [one, decoded(one)]), ...(keyword === undefined ? [] : [keyword])]
  if (passwords.length === 0) return undefined
  return { user: decoded(user === '' ? (keywordOf(value, 'user') ?? '') : user), passwords: [...new Set(passwords)] }
}

function split(userinfo: string): readonly [string, string | undefined] {
  const colon = userinfo.indexOf(':')
  return colon < 0 ? [userinfo, undefined] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)]
}

/** Quoted as libpq reads it: '…' with \' and \\ inside, or bare up to a blank. */
function keywordOf(value: string, key: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${key}\\s*=\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|((?:[^\\s\\\\']|\\\\.)+))`).exec(value)
  return (match?.[1] ?? match?.[2])?.replace(/\\(.)/g, '$1')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
