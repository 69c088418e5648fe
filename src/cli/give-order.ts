import type { OrderRequest } from '../api/orders.ts'
import { type Cli, fail } from './cli.ts'
import type { Exit } from './exit-codes.ts'
import { who } from './who.ts'

type Without<Order> = Order extends unknown ? Omit<Order, 'by'> : never

/** Gives an order that is done once it is taken, and says what the watchdog answered. */
export async function giveOrder(cli: Cli, order: Without<OrderRequest>): Promise<Exit> {
  const { clientOf } = await import('./client.ts')
  const found = await clientOf(cli)
  if (!found.ok) return fail(cli, found)
  const body = { ...order, by: who(cli.env) }
  const reply = await found.client.call('orders', { body })
  if (!reply.ok) return fail(cli, reply)
  if (!reply.value.ok) return fail(cli, { exit: 'no', sentence: `Refused: ${reply.value.sentence}` })
  cli.terminal.out(reply.value.sentence)
  return 'ok'
}
