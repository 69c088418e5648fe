import type { Hono } from 'hono'
import type { Daemon } from '../../ports/daemon.ts'
import { clustersNow } from '../views/cluster-models.ts'
import { renderPve } from './render.ts'
import { scopeOf } from './target.ts'

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * `GET /pve?target=`, as prometheus-pve-exporter takes it: `cluster=0` and `node=0` leave out a half, `module` is there
 * to choose credentials, which are ours to configure. Nothing is asked of Proxmox: this is what was read last.
 */
export function addPve(app: Hono, daemon: Daemon): void {
  app.get('/pve', (context) => {
    const found = scopeOf(clustersNow(daemon), context.req.query('target'))
    if (!found.ok) return context.text(`${found.sentence}\n`, found.status)
    const parts = { cluster: wanted(context.req.query('cluster')), node: wanted(context.req.query('node')) }
    return context.body(renderPve(found.scope, parts), 200, { 'content-type': CONTENT_TYPE })
  })
}

function wanted(text: string | undefined): boolean {
  return text === undefined || !['false', '0', ''].includes(text.toLowerCase())
}
