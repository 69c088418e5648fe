import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { LAB_CERTIFICATE, LAB_KEY } from './certificate.ts'
import { Listener, type ListenerMode } from './listener.ts'

export const SSH_BANNER = 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n'

/** One host on real sockets: a web page as pveproxy gives it, and the banner of its SSH server. */
export type HostServer = {
  readonly address: string
  readonly httpsPort: number
  readonly bannerPort: number
  set(mode: ListenerMode): Promise<void>
  stop(): Promise<void>
}

/** Serves a request to `/api2/`; `answers` tells whether the host may still speak. */
export type ServeApi = (request: IncomingMessage, response: ServerResponse, answers: () => boolean) => Promise<void>

export async function serveHost(
  name: string,
  address: string,
  ports: { readonly https: number; readonly banner: number },
  serveApi?: ServeApi,
): Promise<HostServer> {
  const web = createServer({ key: LAB_KEY, cert: LAB_CERTIFICATE, requestTimeout: 0, headersTimeout: 0 })
  // Never closed for idleness: a hung host does not say goodbye either.
  web.keepAliveTimeout = 0
  web.on('clientError', (_error, socket) => socket.destroy())
  const https = await Listener.open(address, ports.https, (socket) => web.emit('connection', socket))
  web.on('request', (request, response) => {
    if (!https.answers()) return
    if (serveApi !== undefined && request.url?.startsWith('/api2/') === true) {
      void serveApi(request, response, () => https.answers()).catch(() => response.destroy())
    } else {
      answerAsPveproxy(name, request, response)
    }
  })
  const banner = await openBanner(address, ports.banner, https)
  return {
    address,
    httpsPort: https.port,
    bannerPort: banner.port,
    set: async (mode) => {
      await Promise.all([https.set(mode), banner.set(mode)])
    },
    stop: async () => {
      await Promise.all([https.stop(), banner.stop()])
    },
  }
}

async function openBanner(address: string, port: number, https: Listener): Promise<Listener> {
  try {
    return await Listener.open(address, port, (socket) => {
      socket.write(SSH_BANNER)
      socket.resume()
    })
  } catch (error) {
    await https.stop()
    throw error
  }
}

function answerAsPveproxy(name: string, request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  response.setHeader('Server', 'pve-api-daemon/3.0')
  if (request.url?.startsWith('/api2/') === true) {
    response.writeHead(401, 'No ticket', { 'Content-Type': 'application/json' }).end('{"data":null}')
    return
  }
  response
    .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
    .end(`<!DOCTYPE html><title>${name} - Proxmox Virtual Environment</title>\n`)
}
