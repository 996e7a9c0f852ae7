/** What a check file may say of the dead-man's switch. Light: zod only. */
import * as z from 'zod'
import { address } from './channel.js'

const url = () => address("Address of the dead-man's switch; /start and /<exit code> are appended to it.")

export const pingSchema = z.union([
  url(),
  z.strictObject({
    url: url(),
    required: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether a ping that could not be sent ends the run with exit code 5.' }),
  }),
])

export interface PingSpec {
  readonly url: string
  readonly required: boolean
}
