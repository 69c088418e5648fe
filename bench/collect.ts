import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collects this process's garbage now, so that it is neither counted nor waited for in what is measured next. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
}
