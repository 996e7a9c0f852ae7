/** What kubectl says when it did not get there, in words that say what to do. */
import { lastLine } from './last-line.js'
import { VantageError } from './vantage.js'

const REASONS = [
  {
    said: /executable file not found|no such file or directory.*exec|not found in \$PATH/i,
    message: 'there is no shell (sh) in the container',
    hint: 'kubectl debug POD --image=busybox --target=CONTAINER adds a container that has one; name that as container',
  },
  {
    said: /\(NotFound\)|not found/i,
    message: 'there is no such pod, container or namespace',
    hint: 'kubectl get pods',
  },
  {
    said: /forbidden|unauthorized|must be logged in|provide credentials/i,
    message: 'kubectl may not do this',
    hint: 'the rights needed are get and list on pods and create on pods/exec',
  },
  {
    said: /context .* does not exist|no context exists/i,
    message: 'kubectl knows no such context',
    hint: 'kubectl config get-contexts shows those there are',
  },
  {
    said: /connection to the server|unable to connect|connection refused|i\/o timeout|no such host/i,
    message: 'the cluster does not answer',
    hint: 'see to the context and the network: kubectl cluster-info',
  },
]

export function explainKubectl(label: string, said: string, code: number | NodeJS.Signals): VantageError {
  const found = REASONS.find((reason) => reason.said.test(said))
  const line = lastLine(said)
  if (found === undefined) {
    return new VantageError(`${label}: ${line === '' ? `cut off (kubectl ended with ${code})` : line}`)
  }
  return new VantageError(`${label}: ${found.message}`, { hint: found.hint })
}
