/** Sends one file in pieces by the tus protocol. The library for it is loaded with the first file. */
import { ApiError, asProblem, offline } from '../api/client.ts';
import type { Problem } from '../api/types.ts';

/** Small enough for proxies, large enough to cost nothing; what one of them has brought is on the server's disk. */
const PIECE = 16 * 1024 * 1024;
/** A short loss of the network is nobody's business. */
const RETRIES = [0, 1000, 2000, 4000, 8000, 15000];

export type Sending = { stop: () => void };

type Options = {
  /** Where an upload that broke off goes on. */
  url: string | undefined;
  onurl: (url: string) => void;
  onprogress: (sent: number) => void;
  ondone: () => void;
  onproblem: (problem: Problem) => void;
};

export async function send(file: File, options: Options): Promise<Sending> {
  const { Upload } = await import('tus-js-client');
  const upload = new Upload(file, {
    endpoint: '/api/v1/uploads',
    ...(options.url ? { uploadUrl: options.url } : {}),
    chunkSize: PIECE,
    retryDelays: RETRIES,
    metadata: { filename: file.name },
    // What is to be remembered is more than the library knows.
    storeFingerprintForResuming: false,
    onUploadUrlAvailable: () => {
      if (upload.url) options.onurl(new URL(upload.url, window.location.href).pathname);
    },
    onProgress: (sent) => options.onprogress(sent),
    onSuccess: () => options.ondone(),
    onError: (error) => options.onproblem(problemOf(error)),
  });
  upload.start();
  return { stop: () => void upload.abort(false) };
}

/** Ends an upload that nobody wants any more; its bytes are thrown away. */
export async function giveUp(url: string): Promise<void> {
  try {
    await fetch(url, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } });
  } catch {
    // The server throws it away by itself in a day.
  }
}

function problemOf(error: unknown): Problem {
  const response = (error as { originalResponse?: { getStatus(): number; getBody(): string } | null }).originalResponse;
  if (!response) return offline;
  try {
    return asProblem(JSON.parse(response.getBody()), response.getStatus());
  } catch {
    return new ApiError(asProblem(null, response.getStatus())).problem;
  }
}
