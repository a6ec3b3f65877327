/** The language status item beside the name of the language: shown for models only. */
import * as vscode from "vscode";

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("rateml.status", { language: "rateml" });
  private version = "";

  constructor() {
    this.item.name = "RateML language server";
    this.item.command = { command: "rateml.showLogs", title: "Show Log" };
  }

  busy(detail: string): void {
    this.set(`$(circuit-board) RateML`, detail, vscode.LanguageStatusSeverity.Information, true);
  }

  ok(detail: string): void {
    this.version = detail;
    this.set("$(check) RateML", detail, vscode.LanguageStatusSeverity.Information);
  }

  failed(detail: string): void {
    this.set("$(error) RateML", detail, vscode.LanguageStatusSeverity.Error);
  }

  told(health: string, message: string): void {
    if (health === "ok") this.ok(message || this.version);
    else if (health === "warning") this.set("$(warning) RateML", message, vscode.LanguageStatusSeverity.Warning);
    else this.failed(message);
  }

  dispose(): void {
    this.item.dispose();
  }

  private set(text: string, detail: string, severity: vscode.LanguageStatusSeverity, busy = false): void {
    this.item.text = text;
    this.item.detail = detail;
    this.item.severity = severity;
    this.item.busy = busy;
  }
}
