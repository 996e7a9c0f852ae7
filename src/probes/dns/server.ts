/** A name server as a check file and /etc/resolv.conf name it. */
import { isIP } from 'node:net'

export interface NameServer {
  readonly host: string
  readonly port: number
}

const PORT = 53

/** `10.0.0.2`, `10.0.0.2:5353`, `fd00::2`, `[fd00::2]:5353`; undefined where it is none of these. */
export function parseServer(text: string): NameServer | undefined {
  if (isIP(text) !== 0) return { host: text, port: PORT }
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = six ?? four ?? ''
  if (isIP(host) !== (six === undefined ? 4 : 6) || Number(port) < 1 || Number(port) > 65_535) return undefined
  return { host, port: Number(port) }
}

export function serverText({ host, port }: NameServer): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
