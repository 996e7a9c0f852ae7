/** Inside a container of a Kubernetes pod, through the user's own kubectl with its context. */
import * as z from 'zod'
import { dialInside } from './dial-inside.js'
import { type Door, startThere } from './door.js'
import { explainKubectl } from './pod-errors.js'
import { startProcess } from './process.js'
import { reachOnce } from './reach-once.js'
import { run } from './run.js'
import { type PodSpec, vantageText } from './schema.js'
import { type Outside, type Vantage, VantageError } from './vantage.js'

const MOST = 64 * 1024 * 1024

const names = z.array(z.object({ name: z.string() }))

const pod = z.object({
  metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
  spec: z.object({ containers: names, ephemeralContainers: names.optional() }),
  status: z.object({
    phase: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
    containerStatuses: z
      .array(
        z.object({
          name: z.string(),
          image: z.string().optional(),
          imageID: z.string().optional(),
          state: z.object({ running: z.object({ startedAt: z.string().optional() }).optional() }).optional(),
        }),
      )
      .optional(),
  }),
})
type Pod = z.output<typeof pod>

interface Reached {
  readonly pod: Pod
  /** Others the selector chooses, ready too. */
  readonly others: number
}

export function createPodVantage(
  spec: PodSpec,
  { env }: { readonly env: Readonly<Record<string, string | undefined>> },
): Vantage {
  const label = vantageText({ pod: spec })
  const pending = new Set<Promise<unknown>>()
  const words = [
    'kubectl',
    ...(spec.context === undefined ? [] : ['--context', spec.context]),
    ...(spec.namespace === undefined ? [] : ['--namespace', spec.namespace]),
  ]
  const reached = reachOnce(label, (signal) => findPod(label, spec, words, env, signal))
  const door: Door = {
    label,
    takesUser: false,
    pending,
    client: async (argv, { signal }) => {
      const { pod: found } = await reached.get(signal)
      const container = spec.container === undefined ? [] : ['--container', spec.container]
      return { argv: [...words, 'exec', '--stdin', found.metadata.name, ...container, '--', ...argv], env }
    },
    explain: (said, code) => {
      reached.forget()
      return explainKubectl(label, said, code)
    },
  }
  const start: Vantage['start'] = (argv, options) => startThere(door, argv, options)
  return {
    label,
    method: async ({ signal }) => {
      const { pod: found, others } = await reached.get(signal)
      const which = spec.name === undefined ? ` in ${found.metadata.name}` : ''
      return `kubectl exec${which}${others === 0 ? '' : ` (the first of ${others + 1} that are ready)`}`
    },
    root: async () => '',
    self: async () => '/proc/self',
    start,
    dial: (to, { signal }) => dialInside({ label, where: 'in the pod', start }, to, signal),
    outside: async ({ signal }) => outsideOf((await reached.get(signal)).pod, spec.container),
    close: async () => {
      reached.close()
      await Promise.allSettled(pending)
    },
  }
}

async function findPod(
  label: string,
  spec: PodSpec,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Reached> {
  const which = spec.name === undefined ? [`--selector=${spec.selector}`] : ['--', spec.name]
  const onMissing = () =>
    new VantageError(`${label}: kubectl is not installed here`, { hint: 'install kubectl where postflight runs' })
  const start = async (argv: readonly string[]) => startProcess(argv, { signal, env, onMissing })
  const argv = [...words, 'get', 'pod', '--output=json', ...which]
  const { code, stdout, stderr } = await run({ label, start }, argv, { signal, limit: MOST })
  if (code !== 0) throw explainKubectl(label, stderr, code)
  const pods = parsePods(label, stdout.toString())
  const ready = pods.filter(isReady).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const [first] = ready
  if (first === undefined) {
    const states = pods.map((one) => `${one.metadata.name} (${one.status.phase ?? 'unknown'})`)
    throw new VantageError(
      pods.length === 0
        ? `${label}: there is no such pod`
        : `${label}: none is ready: ${states.slice(0, 10).join(', ')}`,
      { hint: pods.length === 0 ? 'see to selector, namespace and context' : 'kubectl describe pod says why' },
    )
  }
  // Those added with `kubectl debug` stand by themselves.
  const inside = [...first.spec.containers, ...(first.spec.ephemeralContainers ?? [])].map(({ name }) => name)
  if (spec.container !== undefined && !inside.includes(spec.container)) {
    throw new VantageError(`${label}: the pod has no container "${spec.container}"`, {
      hint: `its containers: ${inside.join(', ')}`,
    })
  }
  return { pod: first, others: ready.length - 1 }
}

function parsePods(label: string, printed: string): readonly Pod[] {
  try {
    const answer = JSON.parse(printed)
    const items = z.array(z.unknown()).parse(answer.kind === 'Pod' ? [answer] : answer.items)
    return items.map((item) => pod.parse(item))
  } catch (cause) {
    throw new VantageError(`${label}: what kubectl says of the pod was not understood`, { cause })
  }
}

function isReady({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined || status.phase !== 'Running') return false
  return status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
}

function outsideOf(found: Pod, container: string | undefined): Outside {
  const statuses = found.status.containerStatuses ?? []
  const name = container ?? found.spec.containers[0]?.name
  const status = statuses.find((one) => one.name === name)
  const started = status?.state?.running?.startedAt
  return {
    // What a pod mounts is in the words of Kubernetes; the mounts themselves are seen from inside.
    mounts: [],
    declaredVolumes: [],
    image: status?.image,
    imageId: status?.imageID,
    startedAt: started === undefined ? undefined : new Date(started),
  }
}
