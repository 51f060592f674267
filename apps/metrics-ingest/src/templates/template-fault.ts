/** What is wrong with a template, in words for whoever wrote it. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault';
}
