/** Code that was compiled ahead cannot import what only Node's own loader can: ES modules, packages that lie beside it. */
export const importNow = (id: string): Promise<unknown> => import(id)
