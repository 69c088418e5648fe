/** Where a command's words go, and what can be shown there. */
export type Terminal = {
  /** One line (or several) for whoever reads the result. */
  out(text: string): void
  /** The bare text, without a line end added. */
  raw(text: string): void
  /** A sentence for the person, apart from the result. */
  err(text: string): void
  /** Somebody looks at the output as it comes. */
  readonly interactive: boolean
  /** Somebody can be asked. */
  readonly canAsk: boolean
  readonly colour: boolean
  /** 0 where there is no edge. */
  columns(): number
}

/** Colours only on a terminal, never with NO_COLOR (https://no-color.org). */
export function processTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  const { stdout, stderr, stdin } = process
  const interactive = stdout.isTTY === true
  return {
    out: (text) => void stdout.write(`${text}\n`),
    raw: (text) => void stdout.write(text),
    err: (text) => void stderr.write(`${text}\n`),
    interactive,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    colour: interactive && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    columns: () => (interactive ? (stdout.columns ?? 0) : 0),
  }
}
