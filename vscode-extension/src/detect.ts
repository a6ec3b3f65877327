/** Which XML files are models. */

/** Whether a text begins, after declaration and comments, with `<Lems`. */
export function isModel(text: string): boolean {
  return /^\uFEFF?(\s|<\?[\s\S]*?\?>|<!--[\s\S]*?-->)*<Lems[\s>]/.test(text);
}
