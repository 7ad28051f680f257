import { inlineAll } from "../domain/printable.ts";
import type { RunReport } from "../domain/run-report.ts";
import { briefingOf } from "./briefing.ts";
import { renderDocument } from "./mail/document.ts";
import { subjectOf } from "./mail/subject.ts";
import { renderText } from "./mail/text.ts";

export interface ComposedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export function composeMail(stored: RunReport): ComposedMail {
  const report = inlineAll(stored);
  const briefing = briefingOf(report);
  const subject = subjectOf(report);
  return {
    subject,
    text: renderText(report, briefing),
    html: renderDocument(report, briefing, subject),
  };
}
