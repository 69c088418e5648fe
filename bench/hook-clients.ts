import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { collectGarbage } from './collect.ts'

export type Acks = { readonly perSecond: number; readonly p99Ms: number; readonly refused: number }

const STATUS_AT = 'HTTP/1.1 '.length

/** Enough of HTTP to post as fast as a socket takes it: one request at a time on a connection that stays. */
class Client {
  readonly #socket: Socket
  #answered: ((status: number) => void) | undefined
  #text = ''

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setEncoding('latin1').on('data', (chunk: string) => this.#take(chunk))
  }

  send(request: Buffer): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: string): void {
    this.#text += chunk
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.#text)?.[1] ?? 0)
    if (this.#text.length < end + 4 + length) return
    const status = Number(this.#text.slice(STATUS_AT, STATUS_AT + 3))
    this.#text = this.#text.slice(end + 4 + length)
    this.#answered?.(status)
  }
}

/**
 * Posts `bodies` by so many clients at once; each posts again as soon as it has its answer. What is posted is made before
 * the first one leaves: the clock measures the server, and the two share a small machine. Every client has had an answer
 * by then, too: a server takes up one connection in a turn of its loop, and that is not what is measured.
 */
export async function postAll(
  where: { readonly host: string; readonly port: number; readonly path: string; readonly token?: string },
  bodies: (index: number) => string,
  count: number,
  clients: number,
): Promise<Acks> {
  const { host, port, path, token } = where
  const authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`
  const head = `POST ${path} HTTP/1.1\r\nhost: bench\r\n${authorization}content-type: application/json\r\n`
  const hello = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: bench\r\n${authorization}\r\n`)
  const requests = Array.from({ length: count }, (_, index) => {
    const body = bodies(index)
    return Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  })
  const all = await Promise.all(
    Array.from({ length: clients }, async () => {
      const socket = connect({ host, port })
      await once(socket, 'connect')
      const client = new Client(socket)
      await client.send(hello)
      return client
    }),
  )
  const latencies = new Float64Array(count)
  let next = 0
  let refused = 0
  collectGarbage()
  const started = performance.now()
  const work = async (client: Client) => {
    for (let index = next++; index < count; index = next++) {
      const called = performance.now()
      const status = await client.send(requests[index] as Buffer)
      latencies[index] = performance.now() - called
      if (status !== 200) refused += 1
    }
  }
  await Promise.all(all.map(work))
  const perSecond = (count * 1_000) / (performance.now() - started)
  for (const client of all) client.close()
  return { perSecond, p99Ms: latencies.sort()[Math.floor(count * 0.99)] ?? 0, refused }
}

/** What Alertmanager posts of one alert: some 1.5 kB. */
export function payload(number: number): string {
  const labels = {
    alertname: 'HostDown',
    severity: 'critical',
    number: String(number),
    host: `pve${number % 50}`,
    cluster: 'home',
    job: 'node',
    instance: `10.0.${number % 256}.7:9100`,
  }
  const annotations = { summary: `pve${number % 50} is down`, description: 'It did not answer its probes. '.repeat(30) }
  const alert = {
    status: 'firing',
    labels,
    annotations,
    startsAt: '2026-03-01T02:10:00Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: number.toString(16).padStart(16, '0'),
  }
  return JSON.stringify({
    version: '4',
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'watchdog',
    groupLabels: {},
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager.example',
    alerts: [alert],
  })
}
