/** What the loops over every row and every name are made of. Memory is given out by whoever calls. */
export * from './listing'
export * from './log'
export * from './match'
export { gatherKeys, sortKeys } from './sort'
