/** Short news of success, with at most a way to go on and a way back. Errors never come here. */
type Toast = { id: number; text: string; link?: { label: string; href: string } | undefined; undo?: (() => void) | undefined };

let list = $state<Toast[]>([]);
let last = 0;

export const toasts = {
  get list() {
    return list;
  },
};

export function toast(text: string, extra: Omit<Toast, 'id' | 'text'> = {}): void {
  const id = ++last;
  list.push({ id, text, ...extra });
  if (list.length > 3) list.shift();
  setTimeout(() => dismiss(id), 8000);
}

export function dismiss(id: number): void {
  list = list.filter((one) => one.id !== id);
}
