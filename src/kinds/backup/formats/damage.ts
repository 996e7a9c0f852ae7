/** What a reader of a format throws: the backup is no good, or it cannot be told. Messages hold nothing of its content. */

/** It is broken, and so. */
export class Damage extends Error {
  override readonly name = 'Damage'
}

/** It may be whole, but that cannot be seen from here: encrypted, a format nobody reads here, a budget spent. */
export class Unseen extends Error {
  override readonly name: string = 'Unseen'
}

/** So much was to be read and no more. */
export class BudgetSpent extends Unseen {
  override readonly name = 'BudgetSpent'
}
