import type { Cli } from './cli.ts'
import { interruption, pause } from './interruption.ts'

const EVERY_MS = 1_000

/**
 * Draws again every second until interrupted. On a terminal in place; elsewhere a drawing is printed only when it has
 * changed, apart from what `same` calls the same.
 */
export async function redraw(cli: Cli, draw: (columns: number) => Promise<string>): Promise<void> {
  const { terminal } = cli
  const stop = interruption()
  let last: string | undefined
  if (terminal.interactive) terminal.raw('\u001b[2J')
  while (!stop.aborted) {
    const text = await draw(terminal.columns())
    if (stop.aborted) break
    // Home, the text with each line cleared behind it, then everything below: no flicker, unlike clearing first.
    if (terminal.interactive) terminal.raw(`\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[K\n\u001b[J`)
    else if (text !== last) terminal.out(text)
    last = text
    await pause(EVERY_MS, stop)
  }
}
