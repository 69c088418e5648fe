import type { Configuration } from '../../config/configuration.ts'
import { type NetconsoleSink, openNetconsole } from '../../netconsole/sink.ts'
import type { Clock } from '../../ports/clock.ts'
import type { JournalTails } from '../../ports/journal-tails.ts'

export type NetconsoleServiceParts = {
  readonly clock: Clock
  readonly tails: JournalTails
  readonly log: (level: 'info' | 'warn' | 'error', sentence: string) => void
}

/** Listens for the kernels of our hosts where that is configured. A port that is taken costs the words, nothing else. */
export class NetconsoleService {
  readonly #parts: NetconsoleServiceParts
  #sink: NetconsoleSink | undefined
  #settings = ''

  constructor(parts: NetconsoleServiceParts) {
    this.#parts = parts
  }

  async use({ netconsole, hosts }: Configuration): Promise<void> {
    const known = hosts.map(({ name, address }) => ({ name, address }))
    const settings = netconsole === undefined ? '' : JSON.stringify({ ...netconsole, hosts: known })
    if (settings === this.#settings) return
    await this.close()
    if (netconsole === undefined) return
    const { clock, tails, log } = this.#parts
    const opened = await openNetconsole(
      { ...netconsole, hosts: known },
      {
        wallMs: () => clock.now().wallMs,
        onLine: (host, line) => tails.addKernelLine(host, line),
        onFailure: (sentence) => log('warn', sentence),
      },
    )
    if (!opened.ok) return log('warn', opened.sentence)
    this.#sink = opened.sink
    this.#settings = settings
  }

  async close(): Promise<void> {
    const sink = this.#sink
    this.#sink = undefined
    this.#settings = ''
    await sink?.close()
  }
}
