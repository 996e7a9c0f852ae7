/** `include: [{ pack, as, with, override, except }]`: which file it is, and what the includer says about it. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import type { Problems } from './problems.js'
import type { Span } from './source.js'
import { suggestOrList } from './suggest.js'
import { entry, field, type MapNode, textOf } from './tree.js'
import { validate } from './validate.js'

export const ID = /^[a-z0-9][a-z0-9-]{0,62}$/
export const ID_FORM = 'ids are lower-case letters, digits and dashes, at most 63'

export const packUseSchema = z.strictObject({
  pack: z.string().min(1).meta({
    description: 'Name of a pack that ships with postflight, or a path that begins with a dot, relative to this file.',
  }),
  as: z
    .string()
    .regex(ID, ID_FORM)
    .meta({ description: 'Prefix of the ids of its checks; the name where left out.' })
    .optional(),
  with: z.record(z.string(), z.unknown()).meta({ description: 'Values of its variables.' }).optional(),
  override: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .meta({ description: 'Fields to replace, by check id of the pack.' })
    .optional(),
  except: z.array(z.string()).meta({ description: 'Check ids of the pack that are left out.' }).optional(),
})

export interface PackUse {
  readonly pack: string
  readonly as: string
  readonly span: Span
  readonly asSpan: Span
  readonly with?: MapNode | undefined
  readonly override?: MapNode | undefined
  readonly except: readonly { readonly id: string; readonly span: Span }[]
}

export function readPackUse(item: MapNode, problems: Problems): PackUse | undefined {
  const span = entry(item, 'pack')?.value.span ?? item.span
  const use = validate(packUseSchema, item, { what: 'this include', at: item.span }, problems)
  if (use === undefined) return undefined
  const name = /([^/]*?)(?:\.ya?ml)?$/.exec(use.pack)?.[1] ?? ''
  const as = use.as ?? name
  if (!ID.test(as)) problems.error(`"${as}" cannot prefix ids`, span, { hint: 'give it a name with as:' })
  const map = (key: string): MapNode | undefined => {
    const node = field(item, key)
    return node?.type === 'map' ? node : undefined
  }
  const except = field(item, 'except')
  return {
    pack: use.pack,
    as,
    span,
    asSpan: entry(item, 'as')?.value.span ?? span,
    with: map('with'),
    override: map('override'),
    except: (except?.type === 'list' ? except.items : []).map((node) => ({ id: textOf(node) ?? '', span: node.span })),
  }
}

/** Packs and recipes are shipped beside the program, outside `src` and `dist`. */
const SHIPPED = ['packs', 'recipes'].map((folder) => ({
  folder,
  path: fileURLToPath(new URL(`../../checks/${folder}/`, import.meta.url)),
}))

/** The file of a pack; `shown` is its name in messages where it ships with the tool. */
export async function packFile(
  use: PackUse,
  problems: Problems,
): Promise<{ readonly path: string; readonly shown?: string } | undefined> {
  if (use.pack.startsWith('.') || use.pack.startsWith('/')) {
    const path = resolve(dirname(use.span.source.path), use.pack)
    if (existsSync(path)) return { path }
    problems.error(`there is no file "${use.pack}"`, use.span)
    return undefined
  }
  const names: string[] = []
  for (const { folder, path } of SHIPPED) {
    for (const file of await readdir(path).catch(() => [])) {
      if (file === `${use.pack}.yaml`) return { path: `${path}${file}`, shown: `postflight/checks/${folder}/${file}` }
      if (file.endsWith('.yaml')) names.push(file.slice(0, -'.yaml'.length))
    }
  }
  const hint = suggestOrList(use.pack, names) ?? 'no packs ship with this version; a path begins with ./'
  problems.error(`there is no pack "${use.pack}"`, use.span, { hint })
  return undefined
}
