/** The state of a screen lives in the query part of its address. Pure changes on it; empty values vanish. */

export type QueryPatch = Record<string, string | string[] | null | undefined>;

export function withQuery(query: URLSearchParams, patch: QueryPatch): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(patch)) {
    next.delete(name);
    const values = Array.isArray(value) ? value : [value];
    for (const one of values) if (one) next.append(name, one);
  }
  return next;
}

export function toggled(query: URLSearchParams, name: string, value: string): URLSearchParams {
  const values = query.getAll(name);
  const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  return withQuery(query, { [name]: next });
}

/** The value if it is one of the choices, else the first choice. */
export function choice<T extends string>(query: URLSearchParams, name: string, choices: readonly [T, ...T[]]): T {
  const value = query.get(name);
  return choices.find((one) => one === value) ?? choices[0];
}

export function href(path: string, patch: QueryPatch = {}): string {
  const text = withQuery(new URLSearchParams(), patch).toString();
  return text ? `${path}?${text}` : path;
}
