/** Protocols that begin in the clear and can go on in TLS. Light: check files are read with it. */
export const STARTTLS = ['smtp', 'imap', 'pop3', 'ftp', 'postgres'] as const
export type StartTls = (typeof STARTTLS)[number]
