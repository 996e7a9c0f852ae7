/** The findings of one class of one check are a shelf: each has a number, so that four bytes say where a finding belongs. */

export interface Shelves {
  /** The number of the shelf, which is set up where it is new. */
  readonly of: (check: string, finding: string) => number
  /** Counts one finding more. */
  readonly put: (shelf: number) => void
  /** Clears the shelves of a check: what is put there from now on goes to new ones. */
  readonly forget: (check: string) => void
  /** The same, until `putBack`. */
  readonly setAside: (check: string) => void
  readonly putBack: (check: string) => void
  /** Those of a check, or the one of this class; none where there is none. */
  readonly find: (check: string, finding?: string) => readonly number[]
  readonly counts: (check: string) => Readonly<Record<string, number>>
  readonly classOf: (shelf: number) => string
  readonly countOf: (shelf: number) => number
}

export function createShelves(): Shelves {
  const checks = new Map<string, Map<string, number>>()
  const aside = new Map<string, Map<string, number>>()
  const classes: string[] = []
  const counts: number[] = []
  const shelvesOf = (check: string): ReadonlyMap<string, number> => checks.get(check) ?? new Map()
  const countOf = (shelf: number): number => counts[shelf] ?? 0
  return {
    of: (check, finding) => {
      const known = checks.get(check)?.get(finding)
      if (known !== undefined) return known
      const own = checks.get(check) ?? new Map<string, number>()
      checks.set(check, own)
      own.set(finding, classes.length)
      counts.push(0)
      return classes.push(finding) - 1
    },
    put: (shelf) => {
      counts[shelf] = countOf(shelf) + 1
    },
    forget: (check) => void checks.delete(check),
    setAside: (check) => {
      aside.set(check, checks.get(check) ?? new Map())
      checks.delete(check)
    },
    putBack: (check) => {
      const before = aside.get(check)
      if (before !== undefined) checks.set(check, before)
      aside.delete(check)
    },
    find: (check, finding) => {
      const own = shelvesOf(check)
      if (finding === undefined) return [...own.values()]
      const shelf = own.get(finding)
      return shelf === undefined ? [] : [shelf]
    },
    counts: (check) => Object.fromEntries([...shelvesOf(check)].map(([finding, shelf]) => [finding, countOf(shelf)])),
    classOf: (shelf) => classes[shelf] ?? '',
    countOf,
  }
}
