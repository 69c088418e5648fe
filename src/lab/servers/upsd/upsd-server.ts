import type { Socket } from 'node:net'
import { Listener } from '../listener.ts'
import { UpsdSession, type UpsdSite } from './session.ts'

/** upsd takes no longer line. */
const LONGEST_LINE = 1_024

export type UpsdServerParts = Omit<UpsdSite, 'logins'>

/**
 * The lab's upsd, written from the protocol's description and not from our client: an emulator that shares code with
 * its client shares its bugs.
 */
export class UpsdServer {
  readonly #listener: Listener
  readonly #site: UpsdSite

  private constructor(listener: Listener, site: UpsdSite) {
    this.#listener = listener
    this.#site = site
  }

  static async open(address: string, port: number, parts: UpsdServerParts): Promise<UpsdServer> {
    const site: UpsdSite = { ...parts, logins: new Map() }
    const listener = await Listener.open(address, port, (socket) => serve(socket, site, () => listener.answers()))
    return new UpsdServer(listener, site)
  }

  get address(): string {
    return this.#listener.address
  }

  get port(): number {
    return this.#listener.port
  }

  /** Where any of its UPSes is to be silent, upsd is: there is one for all of them. */
  follow(): Promise<void> {
    const isSilent = this.#site.world.upses.some(({ fault }) => fault === 'silent')
    return this.#listener.set(isSilent ? 'silent' : 'answering')
  }

  stop(): Promise<void> {
    return this.#listener.stop()
  }
}

function serve(socket: Socket, site: UpsdSite, answers: () => boolean): void {
  const session = new UpsdSession(site)
  let pending = ''
  socket.setEncoding('utf8')
  socket.on('close', () => session.end())
  socket.on('data', (text: string) => {
    pending += text
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      const line = pending.slice(0, end).replace(/\r$/, '')
      pending = pending.slice(end + 1)
      if (!answers()) continue
      const { lines, close } = session.answer(line)
      socket.write(`${lines.join('\n')}\n`)
      if (close === true) return socket.end()
    }
    if (pending.length > LONGEST_LINE) socket.destroy()
  })
}
