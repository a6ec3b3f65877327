// What a user does in the workbench, each waiting for what it leads to.
import { LIMIT } from "./limit.mjs";

/** After how many milliseconds a click is tried again. */
const AGAIN = 3_000;
export class Workbench {
  constructor(page) {
    this.page = page;
    this.keyboard = page.keyboard;
  }

  /** A picture by name, beside those of the steps. */
  async picture(name) {
    await this.page.screenshot({ path: new URL(`results/${name}.png`, import.meta.url).pathname });
  }

  group(n) {
    return this.page.locator(".editor-group-container").nth(n);
  }

  async open(name) {
    await this.page.locator(".explorer-folders-view .monaco-list-row", { hasText: name }).first().dblclick();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.group(0).locator(".monaco-editor .view-line").first().waitFor();
    await this.group(0).locator(".view-lines").first().click();
  }

  async command(title) {
    await this.keyboard.press("F1");
    const input = this.page.locator(".quick-input-widget:visible input").first();
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.take(this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`).first());
  }

  /** Choose a row of the list that is open, by its text. */
  async pick(text) {
    await this.take(this.page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first());
  }

  /** Click a row of a list until it is gone: a list that is being filled anew loses clicks. */
  async take(row) {
    await row.waitFor();
    const end = Date.now() + LIMIT;
    do {
      await row.click({ timeout: AGAIN }).catch(() => undefined);
      if (await row.waitFor({ state: "hidden", timeout: AGAIN }).then(() => true, () => false)) return;
    } while (Date.now() < end);
    throw new Error("a click on a row of a list does nothing");
  }

  /** Accept what the open input proposes. */
  async accept(title) {
    await this.page.locator(".quick-input-widget:visible", { hasText: title }).waitFor();
    await this.keyboard.press("Enter");
  }

  async tab(name) {
    await this.page.locator(`.tab[data-resource-name="${name}"]`).first().click();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.group(0).locator(".monaco-editor.focused").waitFor();
  }

  async focus(n) {
    await this.keyboard.press(`Control+${n + 1}`);
    await this.group(n).locator(".monaco-editor.focused").waitFor();
  }

  /** Put the cursor at a line and column, both from 1. */
  async goto(line, column, n = 0) {
    const input = this.page.locator(".quick-input-widget:visible input").first();
    const row = this.page.locator(".quick-input-list .monaco-list-row", { hasText: `${line}` }).first();
    // The editor closes the input when something else takes the focus meanwhile; then it is asked for again.
    for (let left = 5; ; left--) {
      await this.focus(n);
      await this.keyboard.press("Control+g");
      try {
        await input.fill(`:${line}:${column}`, { timeout: 15_000 });
        await row.waitFor({ timeout: 15_000 });
        break;
      } catch (error) {
        if (left === 0) throw error;
        await this.keyboard.press("Escape");
      }
    }
    await this.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
    await this.group(n).locator(".monaco-editor.focused").waitFor();
  }

  /** Put the cursor behind the first place of a text, by searching from the top. */
  async find(text, n = 0) {
    await this.focus(n);
    await this.keyboard.press("Control+Home");
    await this.keyboard.press("Control+f");
    const widget = this.group(n).locator(".find-widget.visible");
    await widget.locator(".find-part .input:focus").waitFor();
    await this.keyboard.press("Control+a");
    await this.keyboard.type(text);
    await widget.locator(".matchesCount", { hasText: /^1 / }).waitFor();
    await this.keyboard.press("Escape");
    await widget.waitFor({ state: "detached" });
    await this.group(n).locator(".monaco-editor.focused").waitFor();
  }

  async text(n = 0) {
    const found = await this.group(n).locator(".view-lines").first().innerText();
    return found.replaceAll("\u00a0", " ");
  }

  /** What the terminal in view shows, without white space: its lines are wrapped. */
  async terminal() {
    const shown = await this.page.locator(".terminal-wrapper .xterm-rows:visible").allInnerTexts();
    return shown.join("").replaceAll(/\s/g, "");
  }

  /** The name of the active editor's language, as the status bar tells it. */
  async language() {
    return (await this.page.locator('[id="status.editor.mode"]').innerText()).trim();
  }

  /** Whether a text stands before a line of code, as decorations do. */
  shows(n, text) {
    return this.group(n)
      .locator(".view-line span")
      .evaluateAll((spans, wanted) => spans.some((s) => getComputedStyle(s, "::before").content.replaceAll("\u00a0", " ").includes(wanted)), text);
  }

  squiggle(state = "attached") {
    return this.page.locator(".squiggly-error").first().waitFor({ state });
  }

  /** The frame of a webview that holds a selector. */
  async frame(selector) {
    for (const frame of this.page.frames()) {
      try {
        if (await frame.locator(selector).count()) return frame;
      } catch {
        // The frame was replaced meanwhile.
      }
    }
    return undefined;
  }

  /** Milliseconds from a key to the first squiggle, as the page itself sees both. */
  async keyToSquiggle(key) {
    await this.page.evaluate((limit) => {
      window.measured = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error("no squiggle")), limit);
        let begun = 0;
        const seen = new MutationObserver(() => {
          if (!begun || !document.querySelector(".squiggly-error")) return;
          seen.disconnect();
          requestAnimationFrame(() => resolve(performance.now() - begun));
        });
        addEventListener("keydown", () => (begun = performance.now()), { capture: true, once: true });
        seen.observe(document.body, { subtree: true, childList: true, attributes: true });
      });
    }, LIMIT);
    await this.keyboard.type(key);
    return this.page.evaluate(() => window.measured);
  }
}
