/** Paths with `:name` parts, matched exactly. Pure; knows no history and no screen. */

export type Params = Record<string, string>;

export function matchPath(pattern: string, path: string): Params | null {
  const wanted = pattern.split('/');
  const given = trimEnd(path).split('/');
  if (wanted.length !== given.length) return null;
  const params: Params = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) {
      if (value === '') return null;
      params[part.slice(1)] = decode(value);
    } else if (part !== value) {
      return null;
    }
  }
  return params;
}

/** Pages the server renders itself are left to the browser. */
export function belongsToServer(path: string): boolean {
  return /^\/(api|p|preview|healthz|readyz|metrics)(\/|$)/.test(path);
}

function trimEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
