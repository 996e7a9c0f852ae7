import { sshdInstalled, startSshd } from '../../../fixtures/servers/sshd.js'
import { connectionSchema, type SshSpec } from '../../../src/connections/schema.js'
import { createSshVantage } from '../../../src/vantage/ssh.js'
import { serverOrSkip } from '../../support/require-server.js'
import { storeContract } from '../contract.js'
import { makeBed, storeAt } from './bed.js'

serverOrSkip('sshd', sshdInstalled())('over ssh', () => {
  storeContract({
    many: 1500,
    holds: (key) => key !== 'a',
    open: async (objects) => {
      const bed = await makeBed(objects)
      const sshd = await startSshd()
      const vantage = createSshVantage('old', connectionSchema.parse(sshd.connection) as SshSpec, { env: process.env })
      return {
        store: storeAt(vantage, bed.root, bed.directory),
        absent: storeAt(vantage, `${bed.directory}/gone`, bed.directory),
        close: async () => {
          await vantage.close()
          await sshd.stop()
          await bed.remove()
        },
      }
    },
  })
})
