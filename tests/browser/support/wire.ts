/** How many bytes an answer is on the wire, compressed as for a browser. */
import { get } from 'node:http';

export type Wire = { status: number; bytes: number; encoding: string | undefined };

export function wire(url: string, headers: Record<string, string> = {}): Promise<Wire> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip, deflate, br', ...headers } }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes, encoding: answer.headers['content-encoding'] }));
      answer.on('error', reject);
    }).on('error', reject);
  });
}
