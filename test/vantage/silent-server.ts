/** A port where the kernel takes no connection any more: the listener is stopped and its backlog full. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'

export interface SilentServer {
  readonly port: number
  readonly stop: () => Promise<void>
}

const LISTEN = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
  console.log(this.address().port) })`

export async function startSilentServer(): Promise<SilentServer> {
  const child = spawn(process.execPath, ['-e', LISTEN], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const port = Number(String(line))
  child.kill('SIGSTOP')
  const sockets: Socket[] = []
  for (;;) {
    const socket = createConnection({ port, host: '127.0.0.1' }).on('error', () => {})
    sockets.push(socket)
    const taken = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 300)),
    ])
    if (!taken) break
  }
  return {
    port,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
