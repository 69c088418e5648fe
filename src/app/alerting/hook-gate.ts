import { hash, timingSafeEqual } from 'node:crypto'
import type { AlertingConfiguration, HooksConfiguration } from '../../config/alerting.ts'
import { type Revealable, SecretMissing } from '../../config/secret.ts'
import type { HookGate } from '../../ports/alerting.ts'

const DEFAULT_MAX_BODY_BYTES = 4 * 1024 * 1024

/**
 * Who may hand alerts in. Secrets are read at each look, so that a rotated file takes effect; one that cannot be read
 * lets nobody in. Comparisons take the same time whatever is shown.
 */
export function hookGate({ hooks, relay, expectations }: AlertingConfiguration): HookGate {
  const own = new Map(expectations.flatMap(({ name, token }) => (token === undefined ? [] : [[name, token] as const])))
  const general = hooks === undefined ? undefined : allowedBy(hooks)
  const some = general !== undefined || own.size > 0
  return {
    maxBodyBytes: hooks?.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    ...(general === undefined ? {} : { check: general }),
    ...(relay === undefined ? {} : { relayCheck: (header) => isBearer(header, relay.token) }),
    ...(some
      ? {
          checkHeartbeat: (name, header, query) => {
            const token = own.get(name)
            if (token !== undefined) return isBearer(header, token) || isSame(query, token)
            return general?.(header, query) ?? false
          },
        }
      : {}),
  }
}

function allowedBy({ token, username, password }: HooksConfiguration): NonNullable<HookGate['check']> {
  return (header, query) => {
    if (token !== undefined && (isBearer(header, token) || isSame(query, token))) return true
    return username !== undefined && password !== undefined && isBasic(header, username, password)
  }
}

function isBearer(header: string | undefined, token: Revealable): boolean {
  const shown = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1]
  return isSame(shown, token)
}

function isBasic(header: string | undefined, username: string, password: Revealable): boolean {
  const encoded = /^Basic +(\S+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return false
  const shown = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = shown.indexOf(':')
  if (colon < 0) return false
  const right = isSame(shown.slice(colon + 1), password)
  return same(shown.slice(0, colon), username) && right
}

function isSame(shown: string | undefined, secret: Revealable): boolean {
  if (shown === undefined) return false
  try {
    const wanted = secret.reveal()
    return wanted !== '' && same(shown, wanted)
  } catch (error) {
    if (error instanceof SecretMissing) return false
    throw error
  }
}

/** Of digests, since the comparison itself takes only texts of one length. */
function same(shown: string, wanted: string): boolean {
  return timingSafeEqual(digest(shown), digest(wanted))
}

const digest = (text: string) => hash('sha256', text, 'buffer')
