/** Names of the files of `--findings DIR`. */
import type { Recovery } from '../kinds/kind.js'

/** Ids are safe already; a connection may be called anything. */
export function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.[\]-]/g, '_').replace(/^\./, '_')
}

/** Without an ending. `store`: where the check has several. */
export function listName(list: string, store: string | undefined): string {
  return store === undefined ? list : `${list}.${fileName(store)}`
}

export function recoverName({ source, target, several }: Pick<Recovery, 'source' | 'target' | 'several'>): string {
  return listName(`recover.${fileName(source)}`, several === true ? target : undefined)
}

/** Whether there is a script beside the list: of commands for the web we know none. */
export function isScripted({ from, to }: Pick<Recovery, 'from' | 'to'>): boolean {
  return from !== undefined && to !== undefined && from.type !== 'http' && to.type !== 'http'
}
