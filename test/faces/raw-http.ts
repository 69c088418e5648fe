import { connect, type Socket } from 'node:net'

/** One connection that says exactly what a test wants said, byte by byte. */
export class RawConnection {
  readonly socket: Socket
  readonly closed: Promise<void>
  text = ''
  readonly #watchers = new Set<() => void>()

  constructor(url: string) {
    const { hostname, port } = new URL(url)
    this.socket = connect(Number(port), hostname)
    this.socket.setEncoding('utf8').on('data', (chunk) => {
      this.text += chunk
      for (const watcher of [...this.#watchers]) watcher()
    })
    // What the other side does to the connection is what is looked at.
    this.socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
  }

  send(text: string | Buffer): void {
    this.socket.write(text)
  }

  /** Waits until so many answers have begun. */
  answers(count: number): Promise<string[]> {
    return new Promise((resolve) => {
      const look = () => {
        const lines = this.text.match(/HTTP\/1\.1 \d{3}/g) ?? []
        if (lines.length < count) return
        this.#watchers.delete(look)
        resolve(lines.map((line) => line.slice('HTTP/1.1 '.length)))
      }
      this.#watchers.add(look)
      look()
    })
  }

  end(): void {
    this.socket.destroy()
  }
}
