import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

export type Resolved =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly sentence: string }

/** The address of a name, or a sentence why there is none. Ends within `timeoutMs`; never rejects. */
export type Resolve = (name: string, timeoutMs: number) => Promise<Resolved>

/**
 * Looks names up as the system does (so that /etc/hosts counts), the first address of each. At most two at a time:
 * each occupies one of Node's four threads for as long as a dead name server lets it, and files need threads too.
 * A name that is still being looked up is not asked for again.
 *
 * There is no memory of earlier answers. An address that the name had an hour ago may be another machine's by now,
 * and its silence must not count against this one.
 */
export function createResolver(look = (name: string) => lookup(name).then(({ address }) => address)): Resolve {
  const underWay = new Map<string, Promise<Resolved>>()
  const waiting: (() => void)[] = []
  let free = 2

  const ask = async (name: string): Promise<Resolved> => {
    if (free > 0) free -= 1
    else await new Promise<void>((go) => waiting.push(go))
    try {
      return { ok: true, address: await look(name) }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'no reason given'
      return { ok: false, sentence: `the name ${name} cannot be looked up (${code})` }
    } finally {
      underWay.delete(name)
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }

  return (name, timeoutMs) => {
    if (isIP(name) !== 0) return Promise.resolve({ ok: true, address: name })
    let answer = underWay.get(name)
    if (!answer) {
      answer = ask(name)
      underWay.set(name, answer)
    }
    return within(timeoutMs, answer, { ok: false, sentence: `the name ${name} was not looked up in time` })
  }
}

async function within<T>(timeoutMs: number, answer: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), timeoutMs)
  })
  const first = await Promise.race([answer, limit])
  clearTimeout(timer)
  return first
}
