/** A thread that hashes files, one batch after the other. */
import { answerInThread } from '../../lib/thread.js'
import { createDirectCheck, digestFile } from './digest-file.js'
import { answerText, type Batch, requestsOf } from './digest-message.js'

/** Small enough to stay in the cache of its core: copying into 256 kB takes four times as long. */
const BUFFER = 64 * 1024
const buffer = Buffer.allocUnsafeSlow(BUFFER)

answerInThread((batch: Batch): string => {
  const stopped = () => Atomics.load(batch.stop, 0) !== 0
  const reader = { buffer, stopped, isDirect: createDirectCheck() }
  const answers: string[] = []
  for (const request of requestsOf(batch)) {
    if (stopped()) break
    answers.push(answerText(digestFile(batch.root, request, reader), request.algorithms))
  }
  return answers.join('\0')
})
