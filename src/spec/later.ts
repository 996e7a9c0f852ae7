/** Parts of the language whose feature is not built yet: refused by name, never silently accepted. */

export const LATER_KINDS = ['container', 'env', 'file', 'fingerprint', 'pod', 'process', 'queue', 'schema'] as const

export const LATER_ROOT_KEYS = ['history', 'snapshot', 'baseline'] as const
export const LATER_CHECK_KEYS = ['writes'] as const

export function isLater(list: readonly string[], name: string): boolean {
  return list.includes(name)
}
