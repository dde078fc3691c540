/**
 * The tries of one intention. A request whose answer was lost is sent again under the same key, and the server carries it
 * out once; another body, or the same one after a success, is a new intention.
 */
export class Attempt {
  #body = '';
  #key = '';

  keyFor(body: unknown): string {
    const text = JSON.stringify(body);
    if (text !== this.#body) {
      this.#body = text;
      this.#key = newKey();
    }
    return this.#key;
  }

  succeeded(): void {
    this.#body = '';
  }
}

/** Not `randomUUID`, which browsers keep from pages on plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
