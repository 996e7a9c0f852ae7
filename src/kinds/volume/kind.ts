/** Kind `volume`: mounted, the right one, usable, seen from where the application runs. */
import { defineKind, type LintProblem } from '../kind.js'
import { present } from './present.js'
import { type VolumeSpec, volumeSchema } from './schema.js'
import { ENGINE_FORMS, engineSubject, subjects } from './subjects.js'

export const volume = defineKind({
  name: 'volume',
  summary: 'Whether a volume is mounted, the right one, large enough and writable, from where the application sees it.',
  schema: volumeSchema,
  uses: ({ same_as }) =>
    same_as !== undefined && same_as.from !== 'local' && 'ssh' in same_as.from ? [same_as.from.ssh] : [],
  subjects,
  family: engineSubject,
  familyForms: ENGINE_FORMS,
  plan: ({ path, same_as }) => [
    { what: `the mounts and ${path}`, cost: 'a few small programs; one probe file, if writable is expected' },
    ...(same_as === undefined ? [] : [{ what: `${same_as.path ?? path} from another place`, cost: 'a small program' }]),
  ],
  present,
  waits: false,
  timeoutMs: 20_000,
  moves: () => true,
  lint,
  load: () => import('./observe.js'),
})

function lint(spec: VolumeSpec): readonly LintProblem[] {
  const problems: LintProblem[] = []
  const { path, mount_point: place } = spec
  if (place !== undefined && !isAbove(place, path)) {
    const message = `\`mount_point\` is ${place}, and ${path} does not lie below it`
    problems.push({ level: 'error', message, path: ['mount_point'] })
  }
  if (spec.probe !== undefined && !isAbove(place ?? path, spec.probe)) {
    const message = `\`probe\` is ${spec.probe}, which is not on the volume at ${place ?? path}`
    problems.push({ level: 'error', message, path: ['probe'] })
  }
  return problems
}

/** Of paths that may be links, only what their text says: good enough to catch a mistake in writing. */
function isAbove(directory: string, path: string): boolean {
  return `${path}/`.startsWith(directory.endsWith('/') ? directory : `${directory}/`)
}
