/** What the engine says of the container from outside, as subjects. Pure. */
import type { Outside } from '../../vantage/vantage.js'
import type { Observed } from '../kind.js'
import { engineMount, isUnnamed } from './mount.js'

export function engineSubjects(
  names: readonly string[],
  outside: Outside | undefined,
  path: string,
  label: string,
): Readonly<Record<string, Observed>> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      outside === undefined ? { unobserved: `${label} is in no container engine` } : said(name, outside, path),
    ]),
  )
}

function said(name: string, outside: Outside, path: string): Observed {
  const mount = engineMount(outside, path)
  const none = { unobserved: `the engine has no mount at ${path} or above it` }
  const unsaid = { unobserved: 'the engine does not say' }
  switch (name) {
    case 'engine:source':
      return mount === undefined ? none : (mount.name ?? mount.source ?? unsaid)
    case 'engine:type':
      return mount?.type ?? none
    case 'engine:writable':
      return mount?.writable ?? none
    case 'engine:propagation':
      return mount === undefined ? none : (mount.propagation ?? unsaid)
    case 'engine:anonymous':
      return unnamedIn(outside)
    case 'engine:unmounted':
      return outside.declaredVolumes.filter((path) => !outside.mounts.some(({ destination }) => destination === path))
    case 'engine:shm_size':
      return outside.shmBytes ?? unsaid
    default:
      return outside.imageId ?? outside.image ?? unsaid
  }
}

export function unnamedIn({ mounts }: Outside): readonly string[] {
  return mounts.filter(isUnnamed).map(({ destination }) => destination)
}
