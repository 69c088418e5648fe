import type { Context } from 'hono'
import type { z } from 'zod'
import { API_ERRORS, type ApiError, type ApiErrorCode } from '../api/errors.ts'

export function errorAnswer(context: Context, code: ApiErrorCode, sentence: string): Response {
  const body: ApiError = { error: { code, sentence } }
  return context.json(body, API_ERRORS[code][0])
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly sentence: string }

/** What came from outside, or a sentence that names the field that is wrong. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): Parsed<T> {
  const result = schema.safeParse(input)
  if (result.success) return { ok: true, value: result.data }
  const sentences = result.error.issues.slice(0, 3).map(({ path, message }) => {
    return path.length === 0 ? message : `${path.join('.')}: ${message}`
  })
  return { ok: false, sentence: `${sentences.join('; ')}.` }
}

/** The body of a call as its schema has it, or a sentence. */
export async function bodyOf<T>(context: Context, schema: z.ZodType<T>): Promise<Parsed<T>> {
  let body: unknown
  try {
    body = await context.req.json()
  } catch {
    return { ok: false, sentence: 'The body is not JSON.' }
  }
  return parse(schema, body)
}
