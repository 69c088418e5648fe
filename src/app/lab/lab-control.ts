import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { z } from 'zod'
import type { Lab } from '../../lab/servers/index.ts'
import type { Action } from '../../lab/world/index.ts'
import { CHANNEL_ORDERS, type ChannelOrder, type LabChannel } from './lab-channel.ts'

/** What another terminal may do to the running lab. */
const ACTION = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['hang', 'wedge', 'cut-net', 'heal', 'shutdown', 'press-power-button', 'partition', 'rejoin']),
    host: z.string(),
  }),
  z.strictObject({ kind: z.enum(['guest-stop', 'guest-start']), guest: z.string() }),
  z.strictObject({ kind: z.enum(['storage-full', 'storage-freed']), storage: z.string() }),
  z.strictObject({ kind: z.enum(['qdevice-down', 'qdevice-up', 'backup-fail', 'backup-ok']) }),
  z.strictObject({ kind: z.enum(['strip-offline', 'strip-online']), strip: z.string() }),
  z.strictObject({ kind: z.enum(['gateway-down', 'gateway-up', 'mains-off', 'mains-on']) }),
  z.strictObject({ kind: z.literal('set-battery'), ups: z.string(), percent: z.number().min(0).max(100) }),
  z.strictObject({
    kind: z.enum(['ups-silent', 'ups-stale', 'ups-driver-gone', 'ups-heard', 'ups-fsd']),
    ups: z.string(),
  }),
  z.strictObject({ kind: z.enum(Object.keys(CHANNEL_ORDERS) as [ChannelOrder, ...ChannelOrder[]]) }),
])
const ANSWER = z.strictObject({ ok: z.boolean(), sentence: z.string() })

const MOST_BYTES = 4096

/** What may be ordered from the lab: something in its world, or of its channel. */
export type LabOrder = Action | { readonly kind: ChannelOrder }

/** Serves orders to the lab on a Unix socket of this user. */
export function serveLabControl(lab: Lab, channel: LabChannel, socket: string): Promise<Server> {
  const carryOut = (order: LabOrder) => (isForChannel(order) ? channel.order(order.kind) : lab.act(order))
  const server = createServer((incoming, outgoing) => void take(carryOut, incoming, outgoing))
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, () => resolve(server))
  })
}

function isForChannel(order: LabOrder): order is { readonly kind: ChannelOrder } {
  return order.kind in CHANNEL_ORDERS
}

type Answer = { readonly ok: boolean; readonly sentence: string }

async function take(
  carryOut: (order: LabOrder) => Answer | Promise<Answer>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const answer = (status: number, ok: boolean, sentence: string) => {
    outgoing.writeHead(status, { 'content-type': 'application/json' })
    outgoing.end(JSON.stringify({ ok, sentence }))
  }
  try {
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MOST_BYTES) return answer(413, false, 'That is too much for an order to the lab.')
      chunks.push(chunk)
    }
    const order = ACTION.safeParse(JSON.parse(Buffer.concat(chunks).toString('utf8')))
    if (!order.success) return answer(400, false, 'That is no order that the lab knows.')
    const result = await carryOut(order.data as LabOrder)
    answer(200, result.ok, result.sentence)
  } catch (error) {
    answer(500, false, `The lab could not do that: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Orders something from the running lab. `unavailable` where none runs. */
export function orderFromLab(
  socket: string,
  order: LabOrder,
): Promise<{ readonly ok: boolean; readonly sentence: string } | 'unavailable'> {
  return new Promise((resolve) => {
    const call = request({ socketPath: socket, method: 'POST', path: '/act' }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const parsed = ANSWER.safeParse(JSON.parse(Buffer.concat(chunks).toString('utf8') || 'null'))
        resolve(parsed.success ? parsed.data : { ok: false, sentence: 'The lab answered something odd.' })
      })
    })
    call.on('error', () => resolve('unavailable'))
    call.end(JSON.stringify(order))
  })
}
