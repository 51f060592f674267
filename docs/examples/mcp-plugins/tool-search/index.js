const DEFAULT_LIMIT = 5;

export const methods = {
  'dev.scm/tools.search': async ({ query, limit = DEFAULT_LIMIT }) => {
    const words = query.toLowerCase().split(/\W+/).filter(Boolean);
    const tools = await scm.tools.list();
    const found = tools
      .map((tool) => ({ tool, score: scoreOf(tool, words) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || (a.tool.name < b.tool.name ? -1 : 1));
    return { tools: found.slice(0, limit).map(({ tool }) => tool), total: found.length };
  },
};

/** A word in the name weighs more than one in what is said of the tool. */
function scoreOf({ name, title = '', description = '' }, words) {
  const [called, said] = [name.toLowerCase(), `${title} ${description}`.toLowerCase()];
  return words.reduce((sum, word) => sum + (called.includes(word) ? 3 : 0) + (said.includes(word) ? 1 : 0), 0);
}
