import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HookGate } from '../../ports/alerting.ts'
import type { Daemon } from '../../ports/daemon.ts'
import type { RawHandler } from '../listen.ts'
import { alertHook } from './alert-hook.ts'
import { fromAlertmanager } from './alertmanager.ts'
import { fromGeneric } from './generic.ts'
import { heartbeatHook } from './heartbeat-hook.ts'
import type { Hook, HookCall } from './hook.ts'
import { fromProxmox } from './proxmox.ts'
import { readBody } from './read-body.ts'
import { relayHook } from './relay-hook.ts'
import { type HookReply, refusal, sendReply, unavailable } from './reply.ts'

export type HookParts = {
  readonly daemon: Daemon
  /** Asked at each call, so that a reload takes effect. */
  readonly gate: () => HookGate
  /** Told of a mistake of ours that became a 500. */
  readonly onFault?: ((error: unknown) => void) | undefined
}

const HEARTBEATS = '/heartbeats/'
const OURS = ['/hooks/', HEARTBEATS, '/relay/']
const HOOKS = new Map<string, Hook>([
  ['/hooks/alertmanager', alertHook('alertmanager', fromAlertmanager)],
  ['/hooks/proxmox', alertHook('proxmox', fromProxmox)],
  ['/hooks/generic', alertHook('generic', fromGeneric)],
  ['/relay/states', relayHook],
])
const CHALLENGE = 'Bearer realm="proxmox-watchdog", Basic realm="proxmox-watchdog"'

/**
 * Everything that others hand in, straight on Node's own server: a burst of an Alertmanager is thousands of posts a
 * second, and a web framework would take longer for each than the disk does. Nothing here is ever answered by a
 * redirect, and no body is read before its sender has shown that he may.
 */
export function serveHooks(parts: HookParts): RawHandler {
  return (incoming, outgoing) => {
    const url = incoming.url ?? ''
    if (!OURS.some((prefix) => url.startsWith(prefix))) return false
    void serve(parts, url, incoming, outgoing)
    return true
  }
}

async function serve(parts: HookParts, url: string, incoming: IncomingMessage, outgoing: ServerResponse) {
  let reply: HookReply | undefined
  try {
    const { hook, call } = lookUp(url, incoming)
    if (hook === undefined) reply = refusal('not-found', 'There is no such hook; docs/hooks.md has them all.')
    else {
      reply = await replyOf(parts, hook, call, incoming)
      for (const result of reply?.counts ?? []) parts.daemon.alerting?.countHook(hook.label, result)
    }
  } catch (error) {
    parts.onFault?.(error)
    reply = refusal('internal', 'The watchdog made a mistake while answering; its log has the details.')
  }
  if (reply !== undefined) sendReply(outgoing, reply)
}

/** Undefined where the caller went away. */
async function replyOf(
  { daemon, gate }: HookParts,
  hook: Hook,
  call: HookCall,
  incoming: IncomingMessage,
): Promise<HookReply | undefined> {
  const doors = gate()
  const admitted = hook.admits(doors, call)
  if (admitted === undefined) return refusal('not-found', hook.closed)
  if (!hook.methods.includes(incoming.method ?? '')) {
    const allow = hook.methods.join(', ')
    return refusal('method-not-allowed', `Only ${allow} is taken here.`, 'invalid', { allow })
  }
  if (!admitted) {
    const sentence = 'The token or the password is missing or wrong.'
    return refusal('unauthorized', sentence, 'unauthorized', { 'www-authenticate': CHALLENGE })
  }
  const { alerting } = daemon
  if (alerting === undefined) return unavailable('No alert path runs here.')
  const maxBytes = hook.maxBodyBytes ?? doors.maxBodyBytes
  const body = await readBody(incoming, maxBytes)
  if (body.kind === 'gone') return undefined
  if (body.kind === 'too-large') {
    return refusal('too-large', `The body is larger than ${maxBytes} bytes.`, 'too-large', { connection: 'close' })
  }
  return hook.take({ alerting, nowMs: daemon.now().wallMs, call, bytes: body.bytes })
}

function lookUp(
  url: string,
  { headers }: IncomingMessage,
): { readonly hook: Hook | undefined; readonly call: HookCall } {
  const mark = url.indexOf('?')
  const whole = mark < 0 ? url : url.slice(0, mark)
  // With a slash at its end it means the same: a redirect to the right form would lose the body.
  const path = whole.endsWith('/') ? whole.slice(0, -1) : whole
  const name = path.startsWith(HEARTBEATS) ? decoded(path.slice(HEARTBEATS.length)) : undefined
  const token = mark < 0 ? undefined : (new URLSearchParams(url.slice(mark + 1)).get('token') ?? undefined)
  return {
    hook: name === undefined ? HOOKS.get(path) : heartbeatHook,
    call: { name: name ?? '', authorization: headers.authorization, token },
  }
}

/** One part of a path; undefined where it is none. */
function decoded(part: string): string | undefined {
  if (part === '' || part.includes('/')) return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
