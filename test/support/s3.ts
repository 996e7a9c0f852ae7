import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { type S3Options, type S3Server, startS3 } from '../../fixtures/servers/s3.js'

export interface S3Place {
  readonly endpoint: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: string
}

/** A started fixture server of one's own, and a client to put objects with. `stop` closes both. */
export async function s3(
  options: S3Options = {},
): Promise<{ readonly server: S3Server; readonly client: S3Client; readonly stop: () => Promise<void> }> {
  const server = await startS3(options)
  const client = clientOf(server)
  return {
    server,
    client,
    stop: async () => {
      client.destroy()
      await server.stop()
    },
  }
}

/** No retries: a test wants to see what the server said. */
export function clientOf(place: S3Place, config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: place.endpoint,
    region: place.region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: place.accessKey, secretAccessKey: place.secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...config,
  })
}
