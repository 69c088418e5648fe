import { connect } from 'node:tls'

const LIMIT_MS = 5_000

/** SHA-256 of the certificate that a server shows to anybody, to be compared and pinned. Nothing is sent to it. */
export function shownFingerprint(url: string): Promise<string | undefined> {
  const { hostname, port } = URL.parse(url) ?? {}
  if (hostname === undefined || hostname === '') return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '')
    const socket = connect({ host, port: Number(port === '' ? 443 : port), rejectUnauthorized: false })
    const end = (fingerprint?: string) => {
      socket.destroy()
      resolve(fingerprint)
    }
    socket.setTimeout(LIMIT_MS, () => end())
    socket.on('error', () => end())
    socket.on('secureConnect', () => end(socket.getPeerX509Certificate()?.fingerprint256))
  })
}
