/** Parts of the language whose feature is not built yet: refused by name, never silently accepted. */

export const LATER_KINDS = [
  'backup',
  'changed-since',
  'command',
  'compare',
  'container',
  'dns',
  'env',
  'file',
  'fingerprint',
  'http',
  'pod',
  'postgres',
  'process',
  'queue',
  'resource',
  'schema',
  'tcp',
  'tls',
  'volume',
  'worker',
] as const

export const LATER_ROOT_KEYS = ['notify', 'ping', 'history', 'snapshot', 'baseline'] as const
export const LATER_CHECK_KEYS = ['notify', 'ping', 'writes', 'canary'] as const

export function isLater(list: readonly string[], name: string): boolean {
  return list.includes(name)
}
