/** What a volume check may say. */
import * as z from 'zod'
import { vantageSchema } from '../../vantage/schema.js'

const text = z.string().min(1)

const absolute = (description: string) =>
  text
    .refine((path) => path.startsWith('/') && !path.includes('\0'), 'an absolute path')
    .meta({ description })
    .transform(plain)

/** Without `.`, doubled and closing slashes, as a mount table has it. */
function plain(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return `/${parts.join('/')}`
}

const below = (description: string) =>
  text
    .refine(
      (path) => !path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\0'),
      'a path below that of the check, without a slash before it and without ..',
    )
    .meta({ description })

const user = (description: string) => text.meta({ description })

const expectedPath = z.union([
  below('Path below the volume.'),
  z.strictObject({
    path: below('Path below the volume.'),
    type: z.enum(['file', 'directory']).optional().meta({ description: 'What it must be; links are followed.' }),
  }),
])

export const volumeSchema = z.strictObject({
  path: absolute('Directory, or file, that the application uses.'),
  mount_point: absolute('Where the volume is mounted, if that is above `path`; without it `path` itself.').optional(),
  as: user(
    'User the application runs as: a name, a uid, or uid:gid. Access and the write probe are tried as this user; the rest is looked at as whoever the vantage runs things as.',
  ).optional(),
  probe: absolute('Directory the write probe uses instead of `path`; on the same volume.').optional(),
  sentinel: z
    .strictObject({
      file: below('File below `path` that says which volume this is, for instance .postflight.json.'),
      id: text.meta({ description: 'Its whole text without blanks around it, or the field `id` of the JSON in it.' }),
    })
    .optional()
    .meta({ description: 'Proof that this is the right volume, not just any. Its content is compared, never shown.' }),
  paths: z.array(expectedPath).min(1).optional().meta({
    description: 'Must exist below `path`.',
  }),
  tree: z.literal(true).optional().meta({
    description: 'Walk everything below `path`, as `find` does, for what a copy can lose: owners, links, bits, times.',
  }),
  same_as: z
    .strictObject({
      from: vantageSchema.meta({ description: 'The other place to look from, as in `from:` of a check.' }),
      path: absolute('Where the other place has it; without it the same path.').optional(),
    })
    .optional()
    .meta({ description: 'Another vantage that must see the very same directory.' }),
})

export type VolumeSpec = z.output<typeof volumeSchema>

export interface ExpectedPath {
  readonly path: string
  readonly type?: 'file' | 'directory' | undefined
}

export function expectedPaths({ paths = [] }: VolumeSpec): readonly ExpectedPath[] {
  return paths.map((one) => (typeof one === 'string' ? { path: one } : one))
}
