import type { Finding, Presented } from '../kind.js'

export function present({ finding, key = '', reason, actual }: Finding): Presented {
  const detail = reason === undefined ? [] : [reason]
  switch (finding) {
    case 'private_readable':
      return { headline: `anybody can read ${JSON.stringify(key)}`, detail }
    case 'public_refused':
      return { headline: `nobody can read ${JSON.stringify(key)} without credentials`, detail }
    case 'cors_refused':
      return { headline: `pages of ${key} are held back by the browser`, detail }
    case 'expiring_rules':
      return { headline: `rule ${JSON.stringify(key)} deletes objects`, detail }
    case 'abandoned_uploads':
      return { headline: `an upload of ${JSON.stringify(key)} never ended`, detail: since(actual?.['begun']) }
    default:
      return { headline: `${JSON.stringify(key)} is hidden by a delete marker`, detail: since(actual?.['deleted']) }
  }
}

function since(when: unknown): readonly string[] {
  return typeof when === 'string' ? [`since ${when}`] : []
}
