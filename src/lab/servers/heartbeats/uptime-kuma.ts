import type { ChannelManners, ChannelReply, ChannelRequest } from '../channels/channel-server.ts'

export type LabPush = { readonly up: boolean; readonly msg: string; readonly ping: number | undefined }

const LONGEST_PING_MS = 86_400_000

/** Push monitors of Uptime Kuma (`/api/push/<token>`), of version 2. */
export class UptimeKumaManners implements ChannelManners {
  readonly name = 'uptime-kuma'
  /** By token. A paused monitor is as good as none. */
  readonly monitors = new Map<string, { active: boolean; readonly pushes: LabPush[] }>()
  /** What an unknown token is answered with: it was 404, and is 500 in some versions. */
  unknownStatus = 404

  reply({ path, query }: ChannelRequest): ChannelReply {
    const token = /^\/api\/push\/([^/]+)$/.exec(path)?.[1]
    if (token === undefined) return { status: 404, headers: { 'content-type': 'text/html' }, body: '<html></html>' }
    const monitor = this.monitors.get(token)
    if (!monitor?.active) return json(this.unknownStatus, { ok: false, msg: 'Monitor not found or not active.' })
    const ping = query.get('ping') || undefined
    const pingMs = ping === undefined ? undefined : Number(ping)
    if (pingMs !== undefined && !(pingMs >= 0 && pingMs <= LONGEST_PING_MS)) {
      return json(400, { ok: false, msg: `Invalid ping value: ${ping}` })
    }
    monitor.pushes.push({ up: (query.get('status') || 'up') === 'up', msg: query.get('msg') || 'OK', ping: pingMs })
    return json(200, { ok: true })
  }

  rateLimited(): ChannelReply {
    return json(429, { ok: false, msg: 'Too many requests, try again later.' })
  }
}

function json(status: number, value: unknown): ChannelReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}
