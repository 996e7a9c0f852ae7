/** Why a connection broke, in words. What the other side said itself is left out. */

const REASONS: Readonly<Record<string, string>> = {
  ECONNRESET: 'the other side broke off the connection',
  EPIPE: 'the other side closed the connection',
  ETIMEDOUT: 'no answer',
  ECONNREFUSED: 'connection refused',
  ECONNABORTED: 'the connection was broken off',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ERR_STREAM_PREMATURE_CLOSE: 'the other side closed the connection before the answer was whole',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what answers does not speak TLS',
  ERR_SSL_HTTP_REQUEST: 'what answers does not speak TLS',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'no version of TLS that both sides speak (1.2 and 1.3 are offered)',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'no version of TLS that both sides speak (1.2 and 1.3 are offered)',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the server refused the handshake: no cipher in common, or it wants a client certificate',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the server wants a client certificate',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'the server has no certificate for this name',
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: 'the server broke off the handshake with an internal error',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'the server speaks none of the protocols of `alpn`',
  HPE_HEADER_OVERFLOW: 'the headers of the answer are larger than 16 KiB',
}

/** Undefined where it is no error of a connection, so a bug of ours. */
export function reasonOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !('code' in cause) || typeof cause.code !== 'string') return undefined
  const { code } = cause
  if (Object.hasOwn(REASONS, code)) return REASONS[code]
  if (code.startsWith('HPE_')) return `what answers does not speak HTTP (${code})`
  if (code.startsWith('ERR_SSL_'))
    return `TLS failed (${code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')})`
  return /^E[A-Z0-9]+$/.test(code) ? code : undefined
}
