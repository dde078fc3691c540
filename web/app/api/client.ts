/**
 * One typed client for the whole app, and one kind of error: every failure, also a lost network, arrives as a `Problem`.
 */
import createClient from 'openapi-fetch';
import type { Answer, paths, Problem } from './types.ts';

export const api = createClient<paths>();

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  /** The reason given for one field of a form, if the server named it. */
  field(name: string): string | undefined {
    return this.problem.errors?.find((error) => error.field === name)?.detail;
  }
}

/** Unwraps an answer: its data, or an `ApiError`. */
export async function ok<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Answer<T>> {
  let answer;
  try {
    answer = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(offline);
  }
  if (answer.response.ok) return answer.data as Answer<T>;
  if (answer.response.status === 401) signedOut();
  throw new ApiError(asProblem(answer.error, answer.response.status));
}

/** The header of an edit that must not overwrite somebody else's. */
export function ifMatch(revision: number): { 'If-Match': string } {
  return { 'If-Match': `"${revision}"` };
}

/** Marks a request that may have to be sent again; see `Attempt`. */
export function once(key: string): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': key };
}

/** A body that is not a problem (a proxy's page, say) still becomes one. */
export function asProblem(body: unknown, status: number): Problem {
  if (typeof body === 'object' && body !== null && 'title' in body && 'status' in body) return body as Problem;
  return { type: 'about:blank', title: `The server answered with status ${status}`, status, code: 'unexpected' };
}

export function toProblem(cause: unknown): Problem {
  if (cause instanceof ApiError) return cause.problem;
  return { type: 'about:blank', title: 'Something went wrong in this page', detail: String(cause), status: 0, code: 'client' };
}

export const offline: Problem = {
  type: 'about:blank',
  title: 'The server cannot be reached',
  detail: 'Check your connection. Nothing you typed is lost.',
  status: 0,
  code: 'offline',
};

let signedOut = () => {};

/** The session learns here that its cookie no longer counts. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}
