/** Of a module that is loaded where it is wanted: it was. */
export function loaded<Module>(module: Module | undefined): Module {
  if (module === undefined) throw new Error('a module is used that was not loaded')
  return module
}
