import type { ChannelManners, ChannelReply, ChannelRequest } from '../channels/channel-server.ts'

export type LabCheckIn = { readonly ok: boolean; readonly message: string }

const LONGEST_MESSAGE = 256

/** Snitches that check in at `/<token>?m=&s=`: an `s` that is missing, empty or 0 is a success. */
export class DeadMansSnitchManners implements ChannelManners {
  readonly name = 'dead-mans-snitch'
  readonly snitches = new Map<string, LabCheckIn[]>()

  reply({ path, query }: ChannelRequest): ChannelReply {
    const checkIns = this.snitches.get(path.slice(1))
    if (checkIns === undefined) return plain(404, 'Not Found')
    const status = query.get('s') ?? ''
    checkIns.push({ ok: status === '' || status === '0', message: (query.get('m') ?? '').slice(0, LONGEST_MESSAGE) })
    return plain(202, 'Got it, thanks!')
  }

  rateLimited(): ChannelReply {
    return { ...plain(429, 'Too Many Requests'), headers: { 'content-type': 'text/plain', 'retry-after': '30' } }
  }
}

function plain(status: number, body: string): ChannelReply {
  return { status, headers: { 'content-type': 'text/plain' }, body }
}
