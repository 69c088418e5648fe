import type { Hono } from 'hono'
import { ROUTES } from '../api/routes.ts'
import type { Daemon } from '../ports/daemon.ts'
import { upsOf } from './views/ups.ts'

export function addUps(app: Hono, daemon: Daemon): void {
  app.get(ROUTES.ups.path, (context) => context.json(upsOf(daemon.state(), daemon.now())))
}

/** For whoever may open the socket, such as the NOTIFYCMD of an upsmon. */
export function addUpsLook(app: Hono, daemon: Daemon): void {
  app.post(ROUTES.lookAtUps.path, (context) => {
    daemon.lookAtUps?.()
    return context.json({ ok: true })
  })
}
