/** What `container inspect` says, cut down to what is used. docker and podman agree on these fields. */
import * as z from 'zod'
import { type Outside, VantageError } from '../vantage.js'

const mount = z.object({
  Type: z.string(),
  Name: z.string().optional(),
  Source: z.string().optional(),
  Destination: z.string(),
  RW: z.boolean().optional(),
  Propagation: z.string().optional(),
})

const container = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string().optional(),
  ImageName: z.string().optional(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean().optional(),
    Pid: z.number().optional(),
    StartedAt: z.string().optional(),
  }),
  Config: z.object({
    Image: z.string().optional(),
    User: z.string().nullish(),
    Env: z.array(z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    Volumes: z.record(z.string(), z.unknown()).nullish(),
  }),
  HostConfig: z.object({ ShmSize: z.number().optional() }).optional(),
  Mounts: z.array(mount).nullish(),
})

export interface Inspected {
  readonly id: string
  readonly name: string
  readonly project: string | undefined
  /** Made by `docker compose run`, beside the service. */
  readonly oneOff: boolean
  readonly running: boolean
  readonly status: string
  readonly pid: number
  /** User it is set to run as; empty is root. */
  readonly user: string
  /** Values may be secrets: for handing on, never for printing. */
  readonly env: readonly string[]
  readonly outside: Outside
}

export function parseInspected(label: string, printed: string): readonly Inspected[] {
  try {
    return z
      .array(container)
      .parse(JSON.parse(printed))
      .map((one) => ({
        id: one.Id,
        name: one.Name.replace(/^\//, ''),
        project: one.Config.Labels?.['com.docker.compose.project'],
        oneOff: one.Config.Labels?.['com.docker.compose.oneoff'] === 'True',
        running: one.State.Running && one.State.Paused !== true,
        status: one.State.Status,
        pid: one.State.Pid ?? 0,
        user: one.Config.User ?? '',
        env: one.Config.Env ?? [],
        outside: outsideOf(one),
      }))
  } catch (cause) {
    throw new VantageError(`${label}: what the engine says of the container was not understood`, { cause })
  }
}

function outsideOf({ Mounts, Config, Image, ImageName, State, HostConfig }: z.output<typeof container>): Outside {
  const started = State.StartedAt === undefined ? Number.NaN : Date.parse(State.StartedAt)
  return {
    mounts: (Mounts ?? []).map((one) => ({
      type: one.Type,
      name: one.Name === '' ? undefined : one.Name,
      source: one.Source,
      destination: one.Destination,
      writable: one.RW ?? true,
      propagation: one.Propagation === '' ? undefined : one.Propagation,
    })),
    declaredVolumes: Object.keys(Config.Volumes ?? {}),
    image: Config.Image ?? ImageName,
    imageId: Image,
    startedAt: Number.isNaN(started) ? undefined : new Date(started),
    shmBytes: HostConfig?.ShmSize,
  }
}
