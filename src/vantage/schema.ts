/** Where a check is looked at from, as a check file says it. Light: zod only; nothing is reached here. */
import * as z from 'zod'

const text = (description: string) => z.string().min(1).meta({ description })

const user = text('User, or uid, or uid:gid, to look as; without it the one the container is set to run as.').optional()

const containerFields = {
  name: text('Name or id of the container.').optional(),
  compose_service: text('Service of docker compose that the container runs.').optional(),
  project: text('Project of docker compose, where several have a service of that name.').optional(),
  label: text('Label that only this container has: key or key=value.').optional(),
  engine: z
    .enum(['docker', 'podman'])
    .meta({ description: 'Program that reaches the container; without it docker, or podman where there is no docker.' })
    .optional(),
  context: text('Context of docker, or connection of podman, to use instead of the usual one.').optional(),
  user,
}

const container = z
  .strictObject(containerFields)
  .refine(
    ({ name, compose_service, label }) =>
      [name, compose_service, label].filter((one) => one !== undefined).length === 1,
    'a container is chosen by one of name, compose_service and label',
  )

const pod = z
  .strictObject({
    selector: text('Label selector, as kubectl takes it; of several pods that are ready the first by name.').optional(),
    name: text('Name of the pod.').optional(),
    namespace: text('Namespace; without it that of the context.').optional(),
    container: text('Container in the pod; without it the one kubectl would take.').optional(),
    context: text('Context of kubectl to use instead of the current one.').optional(),
  })
  .refine(
    ({ selector, name }) => (selector === undefined) !== (name === undefined),
    'a pod is chosen by selector or name',
  )

/** Metadata of the field that names a connection: see `FieldMeta` of the spec. */
const sshConnection = z.string().min(1).meta({ description: 'Connection of type ssh.', connects: 'ssh' })

export const vantageSchema = z.union([
  z.literal('local', { error: 'expected local, or a mapping with container, pod or ssh' }),
  z.strictObject({
    container: z
      .union([text('Name or id of the container.'), container])
      .meta({ description: 'Inside a running container of docker or podman.' }),
  }),
  z.strictObject({ pod: pod.meta({ description: 'Inside a container of a Kubernetes pod, through kubectl.' }) }),
  z.strictObject({ ssh: sshConnection }),
])

export type VantageSpec = z.output<typeof vantageSchema>
export type ContainerSpec = Exclude<Extract<VantageSpec, { container: unknown }>['container'], string>
export type PodSpec = Extract<VantageSpec, { pod: unknown }>['pod']

/** The vantage in words, as reports show it: `local`, `container web`, `pod app=web in shop`, `ssh old-host`. */
export function vantageText(from: VantageSpec): string {
  if (from === 'local') return 'local'
  if ('ssh' in from) return `ssh ${from.ssh}`
  if ('pod' in from) {
    const { selector, name, namespace, container: inside } = from.pod
    const where = namespace === undefined ? '' : ` in ${namespace}`
    return `pod ${name ?? selector}${where}${inside === undefined ? '' : `, container ${inside}`}`
  }
  const { container: chosen } = from
  if (typeof chosen === 'string') return `container ${chosen}`
  const { name, compose_service, label, user: as } = chosen
  const which = name ?? (compose_service === undefined ? `with label ${label}` : `of service ${compose_service}`)
  return `container ${which}${as === undefined ? '' : ` as ${as}`}`
}
