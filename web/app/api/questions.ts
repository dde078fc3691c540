/** What readers ask about pages, and the answers. */
import { api, ok } from './client.ts';
import type { Id, QuestionsQuery } from './types.ts';

export const questions = (query: QuestionsQuery, signal?: AbortSignal) => ok(api.GET('/api/v1/questions', { params: { query }, signal }));

export const answerQuestion = (id: Id, text: string) =>
  ok(api.PUT('/api/v1/questions/{id}/answer', { params: { path: { id } }, body: { text } }));
