import { parseLine } from '../reboots/journal-line.ts'
import { type LiveSigns, liveSigns } from '../reboots/live.ts'

/** What a node's journal says of its watchdog since it booted. `unknown`: the lines that are there do not tell. */
export type MuxJournal = {
  readonly mux: 'running' | 'ended' | 'unknown'
  /** `Software Watchdog` is softdog; anything else is hardware. */
  readonly driver?: string
  readonly lrm: 'active' | 'closed' | 'unknown'
  readonly crm: 'active' | 'closed' | 'unknown'
  /** PIDs that were added as clients, newest last; that one left is only told by itself. */
  readonly clients: readonly number[]
  readonly softdog?: { readonly marginS?: number; readonly nowayout?: boolean; readonly noboot?: boolean }
  readonly fence?: NonNullable<LiveSigns['fence']>
}

/** Lines of one boot, in their order; there may be a gap between its begin and its end. */
export function muxJournal(node: string, lines: readonly string[]): MuxJournal {
  let mux: MuxJournal['mux'] = 'unknown'
  let driver: string | undefined
  let softdog: MuxJournal['softdog']
  let clients: number[] = []
  const ha = { 'pve-ha-lrm': 'unknown', 'pve-ha-crm': 'unknown' } as Record<string, MuxJournal['lrm']>
  for (const text of lines) {
    const line = parseLine(text)
    if (line === undefined) continue
    const { identifier, message } = line
    if (identifier === 'watchdog-mux') {
      const started = /^Watchdog driver '(.*)', version/.exec(message)?.[1]
      const client = /^added new client \(PID (\d+)\) to watch/.exec(message)?.[1]
      if (started !== undefined) {
        mux = 'running'
        driver = started
        clients = []
      }
      if (client !== undefined) clients.push(Number(client))
      if (/^(?:clean exit|exit watchdog-mux with active connections)$/.test(message)) mux = 'ended'
    }
    if (Object.hasOwn(ha, identifier)) {
      if (message === 'watchdog active') ha[identifier] = 'active'
      if (/^watchdog closed/.test(message)) ha[identifier] = 'closed'
    }
    // Any program may log under the kernel's name, but then its number stands beside it.
    if (identifier === 'kernel' && line.pid === undefined) softdog = softdogOf(message) ?? softdog
  }
  const { fence } = liveSigns(node, lines)
  return {
    mux,
    lrm: ha['pve-ha-lrm'] ?? 'unknown',
    crm: ha['pve-ha-crm'] ?? 'unknown',
    clients,
    ...(driver === undefined ? {} : { driver }),
    ...(softdog === undefined ? {} : { softdog }),
    ...(fence === undefined ? {} : { fence }),
  }
}

/** `softdog: initialized. soft_noboot=0 soft_margin=60 sec soft_panic=0 (nowayout=0)` */
function softdogOf(message: string): MuxJournal['softdog'] {
  const told = /^softdog: initialized\. (.*)$/.exec(message)?.[1]
  if (told === undefined) return undefined
  const value = (name: string) => new RegExp(`\\b${name}=(\\d+)`).exec(told)?.[1]
  const margin = value('soft_margin')
  const nowayout = value('nowayout')
  const noboot = value('soft_noboot')
  return {
    ...(margin === undefined ? {} : { marginS: Number(margin) }),
    ...(nowayout === undefined ? {} : { nowayout: nowayout !== '0' }),
    ...(noboot === undefined ? {} : { noboot: noboot !== '0' }),
  }
}
