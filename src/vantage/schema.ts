import { z } from 'zod'

/** Where a probe runs. Only `local` so far; the other vantages of the language are refused by name. */
export const vantageSchema = z.literal('local')

export type Vantage = z.output<typeof vantageSchema>
