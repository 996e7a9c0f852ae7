/** Values that fields of several kinds have in common, as zod reads them from a check file. Light. */
import * as z from 'zod'
import { DURATION_FORM, parseDuration, parseSize, SIZE_FORM } from '../lib/units.js'

/** Milliseconds. */
export const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, DURATION_FORM)
  .transform((text) => parseDuration(text) as number)

/** Bytes. */
export const size = z
  .string()
  .refine((text) => parseSize(text) !== undefined, SIZE_FORM)
  .transform((text) => parseSize(text) as number)

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

/** Values for the parameters of SQL that a check file gives. */
export const sqlParams = (description: string) =>
  z
    .record(
      z.string(),
      z.union([scalar, z.array(scalar)]).meta({ description: 'Value, or list of values (an array).' }),
    )
    .meta({ description })
    .optional()
