import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import type { Probe, ProbeAnswer } from '../ports/probe.ts'
import { exchange } from './socket-exchange.ts'

/** Something that always answers unless we ourselves are in trouble. */
export interface Canary {
  /** Undefined where it answered; otherwise a sentence. Never rejects. */
  ask(timeoutMs: number, signal: AbortSignal): Promise<string | undefined>
  close(): Promise<void>
}

export type OpenCanary = () => Canary

const LONGEST_MS = 5_000

/**
 * A canary for probes that connect: a loopback listener of our own, opened at the first question, which greets each
 * connection with one byte. So the question goes the same way as a probe: socket, connect, our own loop, read.
 */
export const loopbackCanary: OpenCanary = () => {
  let opening: Promise<Server> | undefined
  return {
    async ask(timeoutMs, signal) {
      opening ??= listen()
      let server: Server
      try {
        server = await opening
      } catch (error) {
        opening = undefined
        return `no loopback listener could be opened (${(error as NodeJS.ErrnoException).code ?? 'UNKNOWN'})`
      }
      const { port } = server.address() as AddressInfo
      const read = () => ({ ok: true, detail: 'greeted' })
      const answer = await exchange({ address: '127.0.0.1', port, timeoutMs, signal, read })
      return answer.proves === 'userland' ? undefined : answer.detail
    },
    async close() {
      const server = await opening?.catch(() => undefined)
      if (server) await new Promise((done) => server.close(done))
    },
  }
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.end('!')
    })
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
    server.unref()
  })
}

/**
 * Asks the canary together with each round. Where it stays silent the prober is broken, so the silence of others
 * proves nothing; what did answer is alive all the same.
 */
export function withCanary<Settings>(probe: Probe<Settings>, canary: Canary): Probe<Settings> {
  return {
    kind: probe.kind,
    async round(targets, deadlineMs, signal) {
      if (targets.length === 0) return []
      const [trouble, answers] = await Promise.all([
        canary.ask(Math.min(LONGEST_MS, deadlineMs), signal),
        probe.round(targets, deadlineMs, signal),
      ])
      return trouble === undefined ? answers : answers.map((answer) => withoutSilence(answer, trouble))
    },
    async close() {
      await Promise.all([probe.close(), canary.close()])
    },
  }
}

function withoutSilence(answer: ProbeAnswer, trouble: string): ProbeAnswer {
  if (answer.says !== 'silence') return answer
  const detail = `our own loopback canary did not answer either: ${trouble}`
  return { ...answer, says: 'probe-broken', proves: 'none', detail }
}
