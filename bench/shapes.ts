/** The three shapes a tree of uploads takes, each as the path of its n-th file. The same n, the same path: nothing is random. */

export const SHAPES = ['sharded', 'flat', 'deep'] as const
export type Shape = (typeof SHAPES)[number]

const PER_DIRECTORY = 1000
/** Directories that each directory of the deep tree holds. */
const BRANCHES = 3

export function keyOf(shape: Shape, n: number): string {
  if (shape === 'flat') return nameOf(n)
  if (shape === 'sharded') return `${String(Math.floor(n / PER_DIRECTORY)).padStart(5, '0')}/${nameOf(n)}`
  return `${deepDirectory(Math.floor((2 * n) / 3))}${nameOf(n)}`
}

/** Neighbours by number are none by name, as with names made of hashes; about thirty bytes. */
function nameOf(n: number): string {
  const spread = ((n * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')
  return `${spread}-photo-${n.toString(36)}.jpg`
}

/** Directories numbered like a heap, so that all levels hold files: twelve levels for a million files, one or two in each. */
function deepDirectory(number: number): string {
  let path = ''
  for (let at = number; at > 0; at = Math.floor((at - 1) / BRANCHES)) path = `d${(at - 1) % BRANCHES}/${path}`
  return path
}
