/** Compiles the kernel (`src/lib/kernel/assembly`) to the text of the module that holds it. */
import path from 'node:path'
import asc from 'assemblyscript/asc'

export const KERNEL_CODE = 'src/lib/kernel/code.ts'

/** Throws where it does not compile. */
export async function kernelCode(root: string): Promise<string> {
  const entry = path.join(root, 'src/lib/kernel/assembly/index.ts')
  let code: Uint8Array | undefined
  const said: string[] = []
  const { error } = await asc.main(
    [entry, '--outFile', 'kernel.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
    {
      stdout: { write: (text) => void said.push(String(text)) },
      stderr: { write: (text) => void said.push(String(text)) },
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') code = contents
      },
    },
  )
  if (error !== null || code === undefined) throw new Error(`the kernel does not compile: ${said.join('')}`)
  const lines =
    Buffer.from(code)
      .toString('base64')
      .match(/.{1,112}/g) ?? []
  const text = lines.map((line) => `  '${line}',\n`).join('')
  return `/** Made by \`npm run generate\` from \`assembly/\`: what is in it is changed there. */\nexport const CODE = [\n${text}].join('')\n`
}
