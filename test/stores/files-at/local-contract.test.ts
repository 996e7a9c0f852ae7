import { createLocalVantage } from '../../../src/vantage/local.js'
import { storeContract } from '../contract.js'
import { makeBed, storeAt } from './bed.js'

// The tools of this machine: those of GNU.
storeContract({
  many: 2500,
  holds: (key) => key !== 'a',
  open: async (objects) => {
    const bed = await makeBed(objects)
    const vantage = createLocalVantage({ env: process.env })
    return {
      store: storeAt(vantage, bed.root, bed.directory),
      absent: storeAt(vantage, `${bed.directory}/gone`, bed.directory),
      close: bed.remove,
    }
  },
})
