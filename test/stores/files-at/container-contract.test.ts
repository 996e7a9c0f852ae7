import { containerEngineStarts, startContainerEngine } from '../../../fixtures/servers/container-engine.js'
import { createContainerVantage } from '../../../src/vantage/container/container.js'
import { serverOrSkip } from '../../support/require-server.js'
import { storeContract } from '../contract.js'
import { makeBed, storeAt } from './bed.js'

for (const image of ['busybox', 'bare'] as const) {
  serverOrSkip('docker', containerEngineStarts('docker'))(`in a container of the image ${image}`, () => {
    storeContract({
      many: 1500,
      holds: (key) => key !== 'a',
      open: async (objects) => {
        const bed = await makeBed(objects)
        const engine = await startContainerEngine('docker')
        engine.run('app', { image, flags: [`--volume=${bed.root}:/srv/up loads:ro`] })
        const vantage = createContainerVantage({ name: 'app', engine: 'docker' }, engine)
        return {
          store: storeAt(vantage, '/srv/up loads', bed.directory),
          absent: storeAt(vantage, '/srv/gone', bed.directory),
          close: async () => {
            await vantage.close()
            await engine.stop()
            await bed.remove()
          },
        }
      },
    })
  })
}
