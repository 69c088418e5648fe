import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ChannelServer } from '../src/lab/servers/channels/channel-server.ts'
import { WebhookManners } from '../src/lab/servers/channels/webhook.ts'
import { AlertDaemon, PORT, TOKEN } from './alert-daemon.ts'
import { type Acks, payload, postAll } from './hook-clients.ts'
import { median } from './median.ts'
import type { BenchModule } from './row.ts'

const CLIENTS = 64
const POSTS = 6_000
const ROUNDS = 5
const MIN_ACKS = 5_000
const MAX_P99_MS = 25

/** Durable acknowledgements of the whole program over HTTP; beside it the same hooks in front of nothing. */
export const alertAcks: BenchModule = async () => {
  const sink = await ChannelServer.open(new WebhookManners())
  const daemon = await AlertDaemon.start(`${sink.url}/hook`)
  const bare = spawn(process.execPath, [fileURLToPath(new URL('./hook-without-write.ts', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(bare.stdout, 'data')) as [Buffer]
    const path = '/hooks/alertmanager'
    const ours = { host: '127.0.0.1', port: PORT, path, token: TOKEN }
    const peer = { host: '127.0.0.1', port: Number(line.toString()), path }
    let number = 0
    const round = async () => {
      const from = number
      number += POSTS
      const measured = await postAll(ours, (index) => payload(from + index), POSTS, CLIENTS)
      // What was acknowledged is looked at afterwards; the next round begins with an empty inbox.
      while ((await daemon.get<{ inbox: number }>('/api/v1/alerting')).inbox > 0)
        await new Promise((go) => setTimeout(go, 50))
      return { ours: measured, peer: await postAll(peer, payload, POSTS, CLIENTS) }
    }
    await round()
    const rounds: { ours: Acks; peer: Acks }[] = []
    for (let index = 0; index < ROUNDS; index += 1) rounds.push(await round())
    const refused = rounds.reduce((sum, each) => sum + each.ours.refused, 0)
    if (refused > 0) throw new Error(`${refused} posts were not acknowledged`)
    return rows(rounds)
  } finally {
    bare.stdin.end()
    await daemon.stop()
    await sink.stop()
  }
}

function rows(rounds: readonly { readonly ours: Acks; readonly peer: Acks }[]) {
  const acks = median(rounds.map(({ ours }) => ours.perSecond))
  const bareAcks = median(rounds.map(({ peer }) => peer.perSecond))
  const p99 = median(rounds.map(({ ours }) => ours.p99Ms))
  const bareP99 = median(rounds.map(({ peer }) => peer.p99Ms))
  return [
    {
      name: `durable acks over HTTP, ${CLIENTS} clients (peer: the same without a write)`,
      ours: acks,
      peer: bareAcks,
      ratio: acks / bareAcks,
      limit: `>= ${MIN_ACKS.toLocaleString('en')}`,
      unit: 'acks/s',
      ok: acks >= MIN_ACKS,
    },
    {
      name: 'slowest of a hundred acks (peer: the same without a write)',
      ours: p99,
      peer: bareP99,
      ratio: p99 / bareP99,
      limit: `${MAX_P99_MS} ms`,
      unit: 'ms',
      ok: p99 <= MAX_P99_MS,
    },
  ]
}
