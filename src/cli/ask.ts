import { createInterface } from 'node:readline'

/** Asks on standard error, so that the answer to a command stays clean. True only for a clear yes. */
export function askYes(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise((resolve) => {
    lines.once('close', () => resolve(false))
    lines.once('SIGINT', () => lines.close())
    lines.question(`${question} [y/N] `, (answer) => {
      resolve(/^\s*(y|yes)\s*$/i.test(answer))
      lines.close()
    })
  })
}

/** Asks without showing what is typed; undefined where the person gives up (Ctrl-C, Ctrl-D). */
export function askSecret(question: string): Promise<string | undefined> {
  const { stdin, stderr } = process
  // First of all: whoever types as soon as they are asked must not see it.
  stdin.setRawMode(true)
  stderr.write(`${question}: `)
  stdin.setEncoding('utf8')
  stdin.resume()
  return new Promise((resolve) => {
    let typed = ''
    const done = (value: string | undefined) => {
      stdin.off('data', onData)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      resolve(value)
    }
    const onData = (chunk: string) => {
      for (const key of chunk) {
        if (key === '\r' || key === '\n') return done(typed)
        if (key === '\u0003' || key === '\u0004') return done(undefined)
        typed = key === '\u007f' || key === '\b' ? [...typed].slice(0, -1).join('') : typed + key
      }
    }
    stdin.on('data', onData)
  })
}
