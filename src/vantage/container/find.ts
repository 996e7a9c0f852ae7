/** Which container is meant: exactly one that runs, or an error that names those there are. */
import type { ContainerSpec } from '../schema.js'
import { VantageError } from '../vantage.js'
import { ask, type Engine } from './engine.js'
import { type Inspected, parseInspected } from './inspected.js'

const SERVICE = 'com.docker.compose.service'
const PROJECT = 'com.docker.compose.project'
const MOST_NAMED = 10

export async function findContainer(
  label: string,
  engine: Engine,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<Inspected> {
  const ids = spec.name === undefined ? await labelled(label, engine, labelsOf(spec), signal) : [spec.name]
  const inspected = ids.length === 0 ? [] : await inspect(label, engine, ids, signal)
  // A container somebody runs by hand bears the name of the service, and is not the service.
  const found = inspected.filter(({ oneOff }) => spec.compose_service === undefined || !oneOff)
  const [one, ...others] = found
  if (one === undefined) {
    throw new VantageError(`${label}: no such container is there`, { hint: await running(label, engine, signal) })
  }
  if (others.length > 0) {
    const names = found.map(({ name, project }) => (project === undefined ? name : `${name} (project ${project})`))
    throw new VantageError(`${label}: ${found.length} containers are meant: ${listed(names)}`, {
      hint: 'choose one by name, or by project',
    })
  }
  if (!one.running) {
    throw new VantageError(`${label}: the container is not running, but ${one.status}`, {
      hint: 'start it; its logs say why it ended',
    })
  }
  return one
}

function labelsOf({ compose_service, project, label }: ContainerSpec): readonly string[] {
  if (compose_service === undefined) return label === undefined ? [] : [label]
  return [`${SERVICE}=${compose_service}`, ...(project === undefined ? [] : [`${PROJECT}=${project}`])]
}

async function labelled(label: string, engine: Engine, labels: readonly string[], signal: AbortSignal) {
  const filters = labels.flatMap((one) => ['--filter', `label=${one}`])
  const printed = await ask(label, engine, ['ps', '--quiet', '--no-trunc', ...filters], signal)
  return (printed ?? '').split('\n').filter((id) => id !== '')
}

async function inspect(label: string, engine: Engine, ids: readonly string[], signal: AbortSignal) {
  const printed = await ask(label, engine, ['container', 'inspect', '--', ...ids], signal)
  return printed === undefined ? [] : parseInspected(label, printed)
}

/** The hint that names what could have been meant. */
async function running(label: string, engine: Engine, signal: AbortSignal): Promise<string> {
  const names = ((await ask(label, engine, ['ps', '--format', '{{.Names}}'], signal)) ?? '').split('\n').filter(Boolean)
  return names.length === 0 ? 'no container is running' : `running are: ${listed(names)}`
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
