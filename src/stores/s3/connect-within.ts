/**
 * Agents of node's http and https that give a connection only so long to stand. The SDK's own `connectionTimeout` leaves
 * its timer running when a request is aborted, and with it the process.
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'

export function agentsWithin(ms: number, maxSockets: number): { readonly http: HttpAgent; readonly https: HttpsAgent } {
  const settings = { keepAlive: true, maxSockets }
  return { http: limited(new HttpAgent(settings), ms), https: limited(new HttpsAgent(settings), ms) }
}

function limited<A extends HttpAgent>(agent: A, ms: number): A {
  const create: HttpAgent['createConnection'] = agent.createConnection.bind(agent)
  const createConnection: HttpAgent['createConnection'] = (options, opened) => {
    const stream = create(options, opened)
    if (stream) limit(stream, ms)
    return stream
  }
  return Object.assign(agent, { createConnection })
}

function limit(stream: Duplex, ms: number): void {
  const late = () => stream.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' }))
  const timer = setTimeout(late, ms)
  const settled = () => clearTimeout(timer)
  stream.once('connect', settled).once('close', settled)
}
