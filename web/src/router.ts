/** Addresses within the page: what follows `#/`, split at slashes. */
import { signal } from "@preact/signals";

export const route = signal(parts());

function parts(): string[] {
  return location.hash.startsWith("#/") ? location.hash.slice(2).split("/").filter(Boolean).map(decodeURIComponent) : [];
}

addEventListener("hashchange", () => {
  route.value = parts();
  scrollTo(0, 0);
});

export const href = (...path: (string | number)[]): string => `#/${path.map(encodeURIComponent).join("/")}`;

export function go(...path: (string | number)[]): void {
  location.hash = href(...path);
}
