import type { Hono } from 'hono'
import { rebootsQuery } from '../api/reboots.ts'
import { ROUTES } from '../api/routes.ts'
import type { Daemon } from '../ports/daemon.ts'
import { errorAnswer, parse } from './answers.ts'
import { rebootsOf } from './views/reboots.ts'

export function addRebootReading(app: Hono, daemon: Daemon): void {
  app.get(ROUTES.reboots.path, async (context) => {
    const query = parse(rebootsQuery, context.req.query())
    if (!query.ok) return errorAnswer(context, 'bad-request', query.sentence)
    if (daemon.reboots === undefined) {
      const sentence = 'No Proxmox cluster is configured, so no node is asked why it rebooted.'
      return errorAnswer(context, 'unavailable', sentence)
    }
    const answer = await daemon.reboots(context.req.param('node') ?? '', query.value.boot)
    return answer.ok
      ? context.json(rebootsOf(answer, daemon.now()))
      : errorAnswer(context, answer.code, answer.sentence)
  })
}
