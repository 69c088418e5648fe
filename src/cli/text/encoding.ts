/** Whether block characters arrive as such: the locale says UTF-8, by the variable that wins (locale(7)). */
export function drawsBlocks(env: NodeJS.ProcessEnv): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '')
  return /utf-?8/i.test(locale ?? '') && env.TERM !== 'dumb'
}
