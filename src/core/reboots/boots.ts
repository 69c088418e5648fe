import { parseLine } from './journal-line.ts'
import { KERNEL } from './patterns.ts'

/** What a reader of journals puts between two boots: `-- Reboot --`, and journalctl `-- Boot 0f7c... --`. */
const BORDER = /^-- (?:Reboot|Boot [0-9a-f]{32}) --$/
const FIRST_WORDS = /^Linux version \S/

/** Lines of several boots in a row, oldest first, as one list a boot. None is empty. */
export function splitBoots(lines: readonly string[]): readonly (readonly string[])[] {
  const boots: string[][] = []
  let boot: string[] = []
  const begin = () => {
    if (boot.length > 0) boots.push(boot)
    boot = []
  }
  for (const line of lines) {
    if (BORDER.test(line)) {
      begin()
      continue
    }
    if (boot.length > 0 && isFirstOfBoot(line)) begin()
    boot.push(line)
  }
  begin()
  return boots
}

/** A reader that draws no borders: the kernel's first words are the first line of each boot. */
function isFirstOfBoot(text: string): boolean {
  const line = parseLine(text)
  return line?.identifier === KERNEL && line.pid === undefined && FIRST_WORDS.test(line.message)
}
